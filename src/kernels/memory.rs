//! Bytes aligned to cache lines, or to huge pages if there are many.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use super::system;

/// Bytes of a cache line, and of an AVX-512 register.
pub const LINE: usize = 64;
/// Bytes of a huge page. A 2 MB page replaces walks of up to 512 small ones, which are expensive under virtualisation.
const HUGE_PAGE: usize = 2 << 20;

/// The least length for which memory gets whole huge pages: at most three quarters of the last one are unused.
const WORTH_HUGE_PAGES: usize = HUGE_PAGE / 4;

/// Zeroed bytes that start at a cache line, or at a huge page if there are many.
#[derive(Debug, Default)]
pub struct AlignedBytes {
    allocation: Vec<u8>,
    start: usize,
    len: usize,
}

impl AlignedBytes {
    /// Allocates `len` zeros.
    pub fn zeroed(len: usize) -> Self {
        let align = if len >= WORTH_HUGE_PAGES { HUGE_PAGE } else { LINE };
        // A large zeroed Vec is untouched memory from the kernel, so the advice precedes the first page fault.
        let mut allocation = vec![0; len.next_multiple_of(align) + align];
        let start = allocation.as_ptr().addr().next_multiple_of(align) - allocation.as_ptr().addr();
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        if align == HUGE_PAGE {
            system::advise_huge_pages(&mut allocation[start..start + len.next_multiple_of(align)]);
        }
        Self { allocation, start, len }
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.allocation[self.start..self.start + self.len]
    }

    /// The bytes.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.allocation[self.start..self.start + self.len]
    }
}

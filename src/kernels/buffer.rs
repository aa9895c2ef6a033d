//! Aligned memory: the packed weights' buffer and each thread's scratch memory.

use core::ops::{Deref, DerefMut};

use super::memory::AlignedBytes;

/// Number of values in a cache line.
pub(super) const LINE: usize = 16;

/// f32 values on a 64-byte boundary, padded with zeros to whole cache lines.
pub(super) struct AlignedBuffer(AlignedBytes);

impl AlignedBuffer {
    /// At least `len` zeros: `len` rounded up to whole cache lines.
    pub(super) fn zeroed(len: usize) -> Self {
        Self(AlignedBytes::zeroed(len.next_multiple_of(LINE) * size_of::<f32>()))
    }
}

impl Deref for AlignedBuffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        let bytes = self.0.as_slice();
        // SAFETY: the bytes start on a cache line, and any bits are a valid f32.
        unsafe { core::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / size_of::<f32>()) }
    }
}

impl DerefMut for AlignedBuffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        let bytes = self.0.as_mut_slice();
        // SAFETY: as in `deref`, and `self` is borrowed mutably.
        unsafe { core::slice::from_raw_parts_mut(bytes.as_mut_ptr().cast(), bytes.len() / size_of::<f32>()) }
    }
}

/// The same memory as 32-bit integers.
#[inline(always)]
pub(super) fn as_words(values: &[f32]) -> &[i32] {
    // SAFETY: an f32 has the size and alignment of an i32, and any bits are a valid i32.
    unsafe { core::slice::from_raw_parts(values.as_ptr().cast(), values.len()) }
}

/// The same memory as 32-bit integers.
#[inline(always)]
pub(super) fn as_words_mut(values: &mut [f32]) -> &mut [i32] {
    // SAFETY: as in `as_words`; the values are borrowed mutably, and any bits are a valid f32.
    unsafe { core::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), values.len()) }
}

/// The same memory as twice as many 16-bit integers.
#[inline(always)]
pub(super) fn as_int16_mut(words: &mut [i32]) -> &mut [i16] {
    // SAFETY: an i32 is aligned for an i16 and has room for two, any bits are valid for either, and the words are
    // borrowed mutably.
    unsafe { core::slice::from_raw_parts_mut(words.as_mut_ptr().cast(), 2 * words.len()) }
}

/// The same memory as four times as many bytes.
#[inline(always)]
pub(super) fn as_bytes_mut(words: &mut [i32]) -> &mut [u8] {
    // SAFETY: as in `as_int16_mut`.
    unsafe { core::slice::from_raw_parts_mut(words.as_mut_ptr().cast(), 4 * words.len()) }
}

/// The working memory of one thread, reused from block to block and grown on demand.
pub struct Scratch {
    memory: AlignedBuffer,
}

impl Scratch {
    /// Creates empty scratch memory.
    pub fn new() -> Self {
        Self { memory: AlignedBuffer::zeroed(0) }
    }

    /// `len` bytes on a cache line, with arbitrary contents.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    pub(super) fn reserve(&mut self, len: usize) -> &mut [u8] {
        if self.memory.0.as_slice().len() < len {
            self.memory = AlignedBuffer::zeroed(len.div_ceil(size_of::<f32>()));
        }
        &mut self.memory.0.as_mut_slice()[..len]
    }

    /// Disjoint slices of the given lengths, each on a cache line, with arbitrary contents.
    pub(super) fn split<const N: usize>(&mut self, lens: [usize; N]) -> [&mut [f32]; N] {
        let total = lens.iter().map(|len| len.next_multiple_of(LINE)).sum();
        if self.memory.len() < total {
            self.memory = AlignedBuffer::zeroed(total);
        }
        let mut rest = &mut *self.memory;
        lens.map(|len| {
            let (slice, after) = core::mem::take(&mut rest).split_at_mut(len.next_multiple_of(LINE));
            rest = after;
            &mut slice[..len]
        })
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

//! The two Linux system calls that the kernels need and `std` does not offer.

use std::arch::asm;

const MADVISE: usize = 28;
const ARCH_PRCTL: usize = 158;
/// `madvise` advice: use huge pages for this range.
const MADV_HUGEPAGE: usize = 14;
/// `arch_prctl` code: let this process use an extended register state.
const ARCH_REQ_XCOMP_PERM: usize = 0x1023;

/// Asks for huge pages under `bytes`. This is only advice: a kernel without them ignores it.
pub fn advise_huge_pages(bytes: &mut [u8]) {
    // SAFETY: MADV_HUGEPAGE never changes contents, and the range is a live allocation of ours.
    unsafe { system_call(MADVISE, bytes.as_mut_ptr().addr(), bytes.len(), MADV_HUGEPAGE) };
}

/// Asks the kernel to let every thread of this process use the extended state component `feature`.
pub fn request_register_state(feature: usize) -> bool {
    // SAFETY: the call takes two integers and touches no memory of ours.
    unsafe { system_call(ARCH_PRCTL, ARCH_REQ_XCOMP_PERM, feature, 0) == 0 }
}

/// # Safety
///
/// The call must be one that Rust code may make with these arguments.
unsafe fn system_call(number: usize, a: usize, b: usize, c: usize) -> isize {
    let result;
    // SAFETY: the x86-64 Linux convention: number and result in rax, arguments in rdi, rsi, rdx; rcx and r11 are
    // clobbered.
    unsafe {
        asm!("syscall", inlateout("rax") number => result, in("rdi") a, in("rsi") b, in("rdx") c,
             out("rcx") _, out("r11") _, options(nostack));
    }
    result
}

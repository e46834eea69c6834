#pragma once

/// Before a function whose loops should use the machine's vector units: it is compiled for the
/// baseline and for AVX2, and the loader picks one, because packages are built for any x86-64.
/// Fused multiply-add stays off (-ffp-contract), lanes are independent: both give the same bits.
/// Sanitizers instrument the resolver before they are ready for it, so they get the baseline.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define DYNA_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define DYNA_VECTOR_CLONES
#endif

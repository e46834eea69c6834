#pragma once

namespace dyna::nn {

/// Threads that LibTorch uses inside one operation, for the whole process. The last bits of a
/// sum depend on it. Call it before the first operation, in tests too: LibTorch's own default may
/// differ from the BLAS library's, which can then wait for threads that never start.
void SetTorchThreads(int threads);

}  // namespace dyna::nn

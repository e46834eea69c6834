#pragma once

namespace dyna::nn {

/// Threads that LibTorch uses inside one operation, for the whole process. The last bits of a
/// sum depend on it.
void SetTorchThreads(int threads);

}  // namespace dyna::nn

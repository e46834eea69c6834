#pragma once

#include <mutex>

// Which mutex guards what, checked by clang's -Wthread-safety; other compilers see nothing.
#if defined(__clang__)
#define DYNA_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define DYNA_THREAD_ANNOTATION(x)
#endif
/// The member may be touched only while the mutex is held.
#define DYNA_GUARDED_BY(mutex) DYNA_THREAD_ANNOTATION(guarded_by(mutex))
/// The function may be called only while the mutex is held.
#define DYNA_REQUIRES(mutex) DYNA_THREAD_ANNOTATION(requires_capability(mutex))

namespace dyna {

/// std::mutex with annotations. State is owned by one thread wherever it can be; a mutex is for
/// the little that two must see, such as what an HTTP thread reports of a loop.
class DYNA_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  void Lock() DYNA_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void Unlock() DYNA_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

/// Holds a Mutex for as long as it lives.
class DYNA_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) DYNA_THREAD_ANNOTATION(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() DYNA_THREAD_ANNOTATION(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace dyna

// SPDX-License-Identifier: Apache-2.0
#include "server/password_worker.h"

#include <utility>

namespace tertulia::server {

bool PasswordWorker::judge(domain::Credentials credentials, std::string password, std::function<void(bool)> done) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stopped_ || jobs_.size() >= passwords_waiting_max) {
    domain::wipe(password);
    return false;
  }
  jobs_.push_back({std::move(credentials), std::move(password), std::move(done)});
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_one();
  return true;
}

void PasswordWorker::run() {
  for (;;) {
    Job job;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return stopped_ || !jobs_.empty(); });
      if (stopped_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    const bool right = keeper_.verify(job.credentials, job.password);
    domain::wipe(job.password);
    job.done(right);
  }
}

void PasswordWorker::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    for (Job& job : jobs_) domain::wipe(job.password);
    jobs_.clear();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace tertulia::server

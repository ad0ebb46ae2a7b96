package io.waggle.benchmarks.load;

/** One way of asking. Calls are sent from one thread and end on any. */
interface Caller extends AutoCloseable {
  /** What becomes of a call; told once. */
  interface Ended {
    /** It was answered. */
    void answered();

    /** It was not. */
    void failed(Throwable why);
  }

  /** Sends a call; does not wait for its answer unless answering is all that there is to it. */
  void send(long number, Ended ended) throws Exception;
}

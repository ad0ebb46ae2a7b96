package io.waggle.server.view;

import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;

/** What a {@link ReaderThread} does with its consumer. Called on that thread only. */
interface TopicReader {
  /** Takes a fresh consumer: assigns and seeks. Also called after a failure. */
  void start(Consumer<byte[], byte[]> consumer);

  /** Reads and applies what has come, waiting at most {@code timeout} for it. */
  void poll(Consumer<byte[], byte[]> consumer, Duration timeout);

  /** Hears why reading failed; it begins again with {@link #start}. */
  void failed(RuntimeException reason);
}

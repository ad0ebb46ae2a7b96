package io.waggle.server.view;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Hears what happens to a view. Called on the view's reader thread only. */
interface ViewListener {
  /** False: the record is not to be in the view; what was there under its key stays. */
  default boolean admits(ConsumerRecord<byte[], byte[]> record) {
    return true;
  }

  /**
   * Records are in the view, but for those that are not {@linkplain #admits admitted}.
   *
   * @param live false while the view catches up with what was written before the service started
   */
  void applied(List<ConsumerRecord<byte[], byte[]>> records, boolean live);

  /** The view was emptied and is being read from the start. */
  void reset();
}

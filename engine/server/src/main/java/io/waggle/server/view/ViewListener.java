package io.waggle.server.view;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Hears what happens to a view. Called on the view's reader thread only. */
interface ViewListener {
  /**
   * Records are in the view.
   *
   * @param live false while the view catches up with what was written before the service started
   */
  void applied(List<ConsumerRecord<byte[], byte[]>> records, boolean live);

  /** The view was emptied and is being read from the start. */
  void reset();
}

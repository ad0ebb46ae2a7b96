package io.waggle.jobs.job;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Keeps what a job in the same JVM writes. */
final class CollectingSink<T> implements Sink<T> {
  private static final long serialVersionUID = 1L;

  // Copies of the sink are made by serialization; they find each other's elements by the id.
  private static final Map<String, List<Object>> ELEMENTS = new ConcurrentHashMap<>();

  private final String id = UUID.randomUUID().toString();

  @SuppressWarnings("unchecked") // only this sink writes under its id
  List<T> elements() {
    return (List<T>) elements(id);
  }

  private static List<Object> elements(String id) {
    return ELEMENTS.computeIfAbsent(id, unknown -> new CopyOnWriteArrayList<>());
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    return new SinkWriter<>() {
      @Override
      public void write(T element, Context context) {
        elements(id).add(element);
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}

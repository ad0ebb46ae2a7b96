package io.waggle.jobs.job;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Keeps what it is given, in this process; each sink has its own list, found by a unique name. */
final class CollectingSink<T> implements Sink<T> {
  private static final long serialVersionUID = 1L;
  private static final Map<String, List<Object>> LISTS = new ConcurrentHashMap<>();

  private final String name;

  CollectingSink(String name) {
    this.name = name + "-" + UUID.randomUUID();
  }

  /** What came so far. */
  @SuppressWarnings("unchecked") // only this sink's writers add to its list
  List<T> values() {
    return (List<T>) LISTS.getOrDefault(name, List.of());
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    return new SinkWriter<>() {
      @Override
      public void write(T element, Context elementContext) {
        LISTS.computeIfAbsent(name, each -> new CopyOnWriteArrayList<>()).add(element);
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}

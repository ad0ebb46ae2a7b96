package io.waggle.jobs.join;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.function.Supplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** Shows the counts of a surface as one gauge per field of their message. */
public final class JoinMetrics {
  private JoinMetrics() {}

  /**
   * Registers the gauges. A reporter's thread reads them without a lock, like Flink's own counters:
   * while records flow two gauges may differ by a record, at rest they are exact.
   */
  public static void register(
      MetricGroup metrics, String surface, Supplier<? extends Message> counts) {
    MetricGroup group = metrics.addGroup("surface", surface);
    for (FieldDescriptor field : counts.get().getDescriptorForType().getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.LONG) {
        group.gauge(field.getName(), (Gauge<Object>) () -> counts.get().getField(field));
      }
    }
  }
}

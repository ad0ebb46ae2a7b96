package io.waggle.jobs.join;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.waggle.state.join.JoinCounter;
import io.waggle.v1.JoinCounts;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** Shows a {@link JoinCounter} as one gauge per field of {@link JoinCounts}, by surface. */
final class JoinMetrics {
  private JoinMetrics() {}

  /**
   * Registers the gauges. A reporter's thread reads them without a lock, like Flink's own counters:
   * while records flow two gauges may differ by a record, at rest they are exact.
   */
  static void register(MetricGroup metrics, JoinCounter counter) {
    MetricGroup group = metrics.addGroup("surface", counter.counts().getSurface());
    for (FieldDescriptor field : JoinCounts.getDescriptor().getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.LONG) {
        group.gauge(field.getName(), (Gauge<Object>) () -> counter.counts().getField(field));
      }
    }
  }
}

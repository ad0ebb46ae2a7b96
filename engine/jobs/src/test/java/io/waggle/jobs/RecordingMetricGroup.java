package io.waggle.jobs;

import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** Remembers the gauges registered below it as {@code label=value/.../name}. */
public final class RecordingMetricGroup extends UnregisteredMetricsGroup {
  private final String prefix;
  private final Map<String, Gauge<?>> gauges;

  public RecordingMetricGroup() {
    this("", new TreeMap<>());
  }

  private RecordingMetricGroup(String prefix, Map<String, Gauge<?>> gauges) {
    this.prefix = prefix;
    this.gauges = gauges;
  }

  /** What each gauge says now. */
  public Map<String, Object> values() {
    Map<String, Object> values = new TreeMap<>();
    gauges.forEach((name, gauge) -> values.put(name, gauge.getValue()));
    return values;
  }

  @Override
  public MetricGroup addGroup(String key, String value) {
    return new RecordingMetricGroup(prefix + key + "=" + value + "/", gauges);
  }

  @Override
  public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
    gauges.put(prefix + name, gauge);
    return gauge;
  }
}

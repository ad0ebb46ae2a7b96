package io.waggle.jobs.signal;

import io.waggle.v1.Interaction;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/** A watermark behind every record. */
public final class EveryRecord implements WatermarkGenerator<Interaction> {
  private final long disorderMillis;
  private long newestMillis = Long.MIN_VALUE;

  public EveryRecord(long disorderMillis) {
    this.disorderMillis = disorderMillis;
  }

  @Override
  public void onEvent(Interaction interaction, long timeMillis, WatermarkOutput output) {
    newestMillis = Math.max(newestMillis, timeMillis);
    output.emitWatermark(new Watermark(newestMillis - disorderMillis - 1));
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {}
}

package io.waggle.jobs.session;

import io.waggle.core.surface.Surface;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.PushConfig;
import io.waggle.v1.PushedOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Which order was pushed last, by user (the key) and surface: 16 bytes each, forgotten when it
 * would be pushed again anyway. The task's thread.
 *
 * <p>What is compared is the order that policy and constraints prefer, not the one shown: whether a
 * ranking goes out must not depend on what was drawn, else the probabilities of those that do would
 * not be the logged ones. And a first place drawn to explore is then no change.
 */
final class PushedOrders {
  static final Duration DEFAULT_REPEAT_AFTER = Duration.ofDays(1);

  // FNV-1a, 64 bit: offset basis and prime of draft-eastlake-fnv.
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final MapState<String, PushedOrder> orders;

  /**
   * Opens the state.
   *
   * @param surfaces whose longest {@code push.repeat_after} is its time to live
   */
  PushedOrders(RuntimeContext context, List<Surface> surfaces) {
    Duration longest =
        surfaces.stream()
            .map(PushedOrders::repeatAfter)
            .max(Duration::compareTo)
            .orElse(DEFAULT_REPEAT_AFTER);
    MapStateDescriptor<String, PushedOrder> descriptor =
        new MapStateDescriptor<>(
            SessionNames.PUSHED_ORDERS_STATE,
            Types.STRING,
            ProtoTypeInformation.forMessage(PushedOrder.class));
    descriptor.enableTimeToLive(
        StateTtlConfig.newBuilder(longest).cleanupInRocksdbCompactFilter(1_000).build());
    this.orders = context.getMapState(descriptor);
  }

  private static Duration repeatAfter(Surface surface) {
    PushConfig push = surface.config().getPush();
    return push.hasRepeatAfter()
        ? Duration.ofSeconds(push.getRepeatAfter().getSeconds(), push.getRepeatAfter().getNanos())
        : DEFAULT_REPEAT_AFTER;
  }

  /**
   * Notes the order if it is to be pushed.
   *
   * @param preferred ids of the actions
   * @return false: it is the one pushed last
   */
  boolean isNew(Surface surface, List<String> preferred, long nowMillis) throws Exception {
    PushConfig push = surface.config().getPush();
    int places = push.hasFirst() ? Math.min(push.getFirst(), preferred.size()) : preferred.size();
    long fingerprint = fingerprint(preferred.subList(0, places));
    PushedOrder last = orders.get(surface.name());
    if (last != null
        && last.getFingerprint() == fingerprint
        && nowMillis - last.getPushedMillis() < repeatAfter(surface).toMillis()) {
      return false;
    }
    orders.put(
        surface.name(),
        PushedOrder.newBuilder().setFingerprint(fingerprint).setPushedMillis(nowMillis).build());
    return true;
  }

  private static long fingerprint(List<String> ids) {
    long hash = FNV_OFFSET;
    for (String id : ids) {
      for (byte unit : id.getBytes(StandardCharsets.UTF_8)) {
        hash = (hash ^ (unit & 0xff)) * FNV_PRIME;
      }
      // Ends an id: UTF-8 never holds this byte.
      hash = (hash ^ 0xff) * FNV_PRIME;
    }
    return hash;
  }
}

package io.waggle.jobs.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Control;
import io.waggle.v1.WriterClaim;
import io.waggle.v1.WriterEpoch;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.api.common.state.BroadcastState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is in charge, as the records of control say it in any order. */
class ChargeTest {
  private final Records records = new Records();

  @Test
  void aJobIsInChargeUntilItHearsOfAnother() throws Exception {
    Charge charge = new Charge(new Writer(0, 200, 2), records, false);

    assertThat(charge.standing()).isEqualTo(Standing.ACTIVE);
    assertThat(charge.accept(claim(charge.claim()))).isFalse();
    assertThat(charge.accept(claim(other(0, 300)))).isFalse();
    assertThat(charge.accept(claim(other(1, 100)))).as("of another epoch").isFalse();
    assertThat(charge.accept(claim(other(0, 100)))).isTrue();
    assertThat(charge.standing()).isEqualTo(Standing.DISPLACED);
    assertThat(charge.accept(claim(other(0, 300)))).isFalse();
    assertThat(charge.standing()).isEqualTo(Standing.DISPLACED);
  }

  @Test
  void aJobThatStandsByAndWhoseEpochAnotherHoldsIsNotPutInChargeWithIt() throws Exception {
    Charge charge = new Charge(new Writer(1, 200, 2), records, false);
    assertThat(charge.standing()).isEqualTo(Standing.STANDBY);

    assertThat(charge.accept(claim(other(1, 100)))).isTrue();
    assertThat(charge.accept(inCharge(1))).isFalse();
    assertThat(charge.standing()).isEqualTo(Standing.DISPLACED);
    assertThat(charge.accept(inCharge(2))).isTrue();
    assertThat(charge.standing()).isEqualTo(Standing.FENCED);
  }

  @Test
  void whatWasHeardBeforeARestartCountsAfterItAndSoDoesTheOrigin() throws Exception {
    WriterClaim first = new Charge(new Writer(0, 200, 2), records, false).claim();
    Charge next = new Charge(new Writer(0, 400, 4), records, true);

    assertThat(next.claim().getOrigin()).isEqualTo(first.getOrigin());
    assertThat(next.accept(claim(other(0, 100)))).isTrue();
    assertThat(new Charge(new Writer(0, 500, 5), records, true).standing())
        .isEqualTo(Standing.DISPLACED);
  }

  /** An installation from before claims, also where it goes back to a savepoint of that time. */
  @Test
  void aJobThatGoesOnFromAStateWithoutAnOriginIsTheOldest() throws Exception {
    Charge upgraded = new Charge(new Writer(0, 200, 2), new Records(), true);
    Charge wentBack = new Charge(new Writer(0, 300, 3), records, true);

    wentBack.accept(claim(upgraded.claim()));
    upgraded.accept(claim(wentBack.claim()));
    wentBack.accept(claim(other(0, 100)));

    assertThat(wentBack.standing()).isEqualTo(Standing.ACTIVE);
    assertThat(upgraded.standing()).isEqualTo(Standing.DISPLACED);
  }

  private static WriterClaim other(long epoch, long startedMillis) throws Exception {
    return new Charge(new Writer(epoch, startedMillis, 9), new Records(), false).claim();
  }

  private static Control claim(WriterClaim claim) {
    return Control.newBuilder().setCreatedMillis(1).setWriterClaim(claim).build();
  }

  private static Control inCharge(long epoch) {
    return Control.newBuilder()
        .setCreatedMillis(1)
        .setWriterEpoch(WriterEpoch.newBuilder().setEpoch(epoch))
        .build();
  }

  /** Broadcast state on the heap. */
  private static final class Records implements BroadcastState<String, Control> {
    private final Map<String, Control> all = new HashMap<>();

    @Override
    public @Nullable Control get(String key) {
      return all.get(key);
    }

    @Override
    public boolean contains(String key) {
      return all.containsKey(key);
    }

    @Override
    public void put(String key, Control value) {
      all.put(key, value);
    }

    @Override
    public void putAll(Map<String, Control> values) {
      all.putAll(values);
    }

    @Override
    public void remove(String key) {
      all.remove(key);
    }

    @Override
    public Iterator<Map.Entry<String, Control>> iterator() {
      return all.entrySet().iterator();
    }

    @Override
    public Iterable<Map.Entry<String, Control>> entries() {
      return all.entrySet();
    }

    @Override
    public Iterable<Map.Entry<String, Control>> immutableEntries() {
      return Map.copyOf(all).entrySet();
    }

    @Override
    public void clear() {
      all.clear();
    }
  }
}

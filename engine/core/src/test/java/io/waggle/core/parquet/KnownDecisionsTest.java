package io.waggle.core.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Decision;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownDecisionsTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aDecisionIsNewOnceAsInASet(long seed) {
    Random random = new Random(seed);
    KnownDecisions known = new KnownDecisions();
    Set<String> expected = new HashSet<>();

    for (int i = 0; i < 20_000; i++) {
      String id = "d" + random.nextInt(8_000);
      String surface = random.nextBoolean() ? "home" : "front";
      assertThat(known.isNew(decision(surface, id))).isEqualTo(expected.add(surface + "/" + id));
    }
  }

  @Test
  void surfaceAndIdDoNotRunIntoEachOther() {
    KnownDecisions known = new KnownDecisions();

    assertThat(known.isNew(decision("home1", "2"))).isTrue();
    assertThat(known.isNew(decision("home", "12"))).isTrue();
  }

  @Test
  void atTheBoundWhatIsNotKnownCountsAsNew() {
    KnownDecisions known = new KnownDecisions(2);
    for (String id : new String[] {"a", "b", "c"}) {
      assertThat(known.isNew(decision("home", id))).isTrue();
    }

    assertThat(known.isNew(decision("home", "a"))).isFalse();
    assertThat(known.isNew(decision("home", "b"))).isFalse();
    assertThat(known.isNew(decision("home", "c"))).isTrue();
  }

  private static Decision decision(String surface, String id) {
    return Decision.newBuilder().setSurface(surface).setDecisionId(id).build();
  }
}

package io.waggle.state.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.v1.WriterClaim;
import io.waggle.v1.WriterRun;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of several learning jobs of one epoch stands. */
class WriterClaimsTest {
  @Test
  void theJobThatWasThereFirstStandsBeforeOneThatBeganWithoutItsState() {
    WriterClaim first = claim(0, run(100, 1), run(100, 1));
    WriterClaim beside = claim(0, run(200, 2), run(200, 2));

    assertThat(WriterClaims.givesWay(beside, first)).isTrue();
    assertThat(WriterClaims.givesWay(first, beside)).isFalse();
  }

  @Test
  void aJobsNextRunStandsBeforeItsEarlierOne() {
    WriterClaim earlier = claim(0, run(100, 1), run(100, 1));
    WriterClaim next = claim(0, run(100, 1), run(300, 3));

    assertThat(WriterClaims.givesWay(earlier, next)).isTrue();
    assertThat(WriterClaims.givesWay(next, earlier)).isFalse();
  }

  @Test
  void aClaimGivesWayNeitherToItselfNorToOneOnAnotherEpoch() {
    WriterClaim one = claim(1, run(200, 2), run(200, 2));

    assertThat(WriterClaims.givesWay(one, one)).isFalse();
    assertThat(WriterClaims.givesWay(one, claim(0, run(100, 1), run(900, 9)))).isFalse();
    assertThat(WriterClaims.givesWay(one, claim(2, run(100, 1), run(900, 9)))).isFalse();
  }

  /** Readers hear of claims in any order, some of them twice, and a compacted topic drops none. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void allReadersAgreeWhoStandsInWhateverOrderTheyHear(long seed) {
    Random random = new Random(seed);
    List<WriterClaim> claims = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      // Few times and ids, so that many are alike.
      claims.add(
          claim(
              3,
              run(1 + random.nextInt(4), 1 + random.nextInt(3)),
              run(1 + random.nextInt(6), 1 + random.nextInt(3))));
    }
    WriterClaim stands = heard(claims);

    for (int reader = 0; reader < 10; reader++) {
      Collections.shuffle(claims, random);
      claims.add(claims.get(random.nextInt(claims.size())));
      assertThat(heard(claims)).as("seed %d", seed).isEqualTo(stands);
    }
    assertThat(claims).noneMatch(each -> WriterClaims.givesWay(stands, each));
  }

  private static WriterClaim heard(List<WriterClaim> claims) {
    WriterClaim held = claims.get(0);
    for (WriterClaim each : claims) {
      held = WriterClaims.givesWay(held, each) ? each : held;
    }
    return held;
  }

  @Test
  void whatIsNoClaimIsNamed() {
    assertThatThrownBy(() -> WriterClaims.check(claim(-1, run(1, 1), run(1, 1))))
        .hasMessage("writer_claim.epoch: -1 (expected: 0 to 100000)");
    assertThatThrownBy(() -> WriterClaims.check(claim(0, run(0, 1), run(1, 1))))
        .hasMessageStartingWith("writer_claim.origin: started_millis 0, id 1 (expected: a time");
    assertThatThrownBy(() -> WriterClaims.check(claim(0, run(1, 1), run(1, 0))))
        .hasMessageStartingWith("writer_claim.run: started_millis 1, id 0 (expected: a time");
  }

  private static WriterClaim claim(long epoch, WriterRun origin, WriterRun run) {
    return WriterClaim.newBuilder().setEpoch(epoch).setOrigin(origin).setRun(run).build();
  }

  private static WriterRun run(long startedMillis, long id) {
    return WriterRun.newBuilder().setStartedMillis(startedMillis).setId(id).build();
  }
}

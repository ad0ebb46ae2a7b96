package io.waggle.core.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.core.evaluate.Interval;
import io.waggle.core.log.LoggedDecision;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** An experiment read from a log: who decided, what they got, and whether the split is as meant. */
class LoggingPoliciesTest {
  @Test
  void aDifferenceOfMeansIsFoundAndNoneIsNot() {
    LoggingPolicies policies = new LoggingPolicies();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 30_000; i++) {
      String policy = i % 10 < 5 ? "live" : i % 10 < 8 ? "same" : "better";
      double mean = policy.equals("better") ? 0.4 : 0.3;
      policies.add(decision(policy, "u" + i, random.nextDouble() < mean ? 1 : 0));
    }

    List<LoggingPolicies.Arm> arms = policies.arms(0.05);

    assertThat(arms)
        .extracting(LoggingPolicies.Arm::policy)
        .containsExactly("live", "same", "better");
    assertThat(arms.get(0).difference()).isEqualTo(Interval.UNBOUNDED);
    assertThat(arms.get(1).difference().holds(0)).isTrue();
    assertThat(arms.get(2).difference().lower()).isPositive();
    assertThat(arms.get(2).difference().holds(0.1)).isTrue();
    // 2 (1.96 + 0.84)^2 0.21 / 0.03^2
    assertThat(arms.get(0).neededPerArm()).isBetween(3_300L, 4_000L);
  }

  @Test
  void aSplitIsTestedOnUsersAndNotOnTheirDecisions() {
    LoggingPolicies policies = new LoggingPolicies();
    for (int i = 0; i < 20_000; i++) {
      // A tenth of the users make most of the decisions, all of one policy.
      policies.add(decision("a", "a" + i % 1_000, 1));
      if (i % 10 == 0) {
        policies.add(decision("b", "b" + i / 10 % 1_000, 1));
      }
    }

    assertThat(policies.splitPValue(Map.of("a", 0.5, "b", 0.5))).hasValue(1);
    assertThat(policies.splitPValue(Map.of("a", 0.8, "b", 0.2)).orElseThrow()).isLessThan(1e-6);
    assertThatThrownBy(() -> policies.splitPValue(Map.of("a", 0.5, "c", 0.5)))
        .hasMessageStartingWith("shares: ")
        .hasMessageContaining("expected: of at least two of the policies");
  }

  @Test
  void withoutUsersNothingIsSaidOfTheSplit() {
    LoggingPolicies policies = new LoggingPolicies();
    policies.add(decision("a", "", 1));
    policies.add(decision("b", "", 0));

    assertThat(policies.splitPValue(Map.of("a", 0.5, "b", 0.5))).isEmpty();
    assertThat(policies.arms(0.05)).allMatch(arm -> arm.difference().equals(Interval.UNBOUNDED));
  }

  private static LoggedDecision decision(String policy, String user, double reward) {
    return new LoggedDecision(
        JoinedDecision.newBuilder()
            .setDecision(Decision.newBuilder().setPolicy(policy).setUserId(user))
            .setReward(reward)
            .build());
  }
}

package io.waggle.core.offline;

import io.waggle.core.log.LoggedDecision;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Small seeded logs and policies. */
final class World {
  static final OfflineSettings SETTINGS = new OfflineSettings(0, 1, 0.02, 1e-4, 0.05);
  private static final List<String> TASTES = List.of("red", "green", "blue");

  private World() {}

  /**
   * A log of three actions drawn uniformly; action i is rewarded with probability {@code hit} where
   * the user's taste is the i-th, else with {@code miss}.
   */
  static List<LoggedDecision> tastes(long seed, int decisions, double hit, double miss) {
    SplittableRandom random = new SplittableRandom(seed);
    List<LoggedDecision> log = new ArrayList<>(decisions);
    for (int i = 0; i < decisions; i++) {
      int taste = random.nextInt(3);
      int chosen = random.nextInt(3);
      double chance = taste == chosen ? hit : miss;
      double reward = random.nextDouble() < chance ? 1 : 0;
      log.add(
          new LoggedDecision(ListedLog.decision(TASTES.get(taste), 3, chosen, 1.0 / 3, reward)));
    }
    return log;
  }

  /** A log of some actions drawn uniformly, each with its own mean reward. */
  static List<LoggedDecision> means(long seed, int decisions, double... means) {
    SplittableRandom random = new SplittableRandom(seed);
    List<LoggedDecision> log = new ArrayList<>(decisions);
    for (int i = 0; i < decisions; i++) {
      int chosen = random.nextInt(means.length);
      double reward = random.nextDouble() < means[chosen] ? 1 : 0;
      log.add(
          new LoggedDecision(
              ListedLog.decision("any", means.length, chosen, 1.0 / means.length, reward)));
    }
    return log;
  }

  static Candidate uniform() {
    return Candidate.of(
        PolicyConfig.newBuilder()
            .setName("uniform")
            .setUniform(UniformPolicy.getDefaultInstance())
            .build());
  }

  /** Always the same action. */
  static Candidate always(int action) {
    return Candidate.of(
        PolicyConfig.newBuilder()
            .setName("always-a" + action)
            .setTable(
                TablePolicy.newBuilder()
                    .addRows(
                        TableRow.newBuilder().setActionId("a" + action).setProbability(1).build()))
            .build());
  }

  static Candidate learner(String name, String arguments) {
    return Candidate.of(
        PolicyConfig.newBuilder()
            .setName(name)
            .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments))
            .build());
  }

  static OccasionReader reader(List<LoggedDecision> log) {
    return new OccasionReader(new ListedLog(log), SETTINGS, List.of(), null);
  }
}

package io.waggle.jobs.learn;

import com.google.protobuf.ByteString;
import io.waggle.core.feature.Example;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.SlotOutcome;
import io.waggle.core.rank.RankInput;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Action;
import io.waggle.v1.ApartConstraint;
import io.waggle.v1.CapConstraint;
import io.waggle.v1.ConstraintConfig;
import io.waggle.v1.Decision;
import io.waggle.v1.DiversityConstraint;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.FilterConstraint;
import io.waggle.v1.Namespace;
import io.waggle.v1.PinConstraint;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SeenConstraint;
import io.waggle.v1.Session;
import io.waggle.v1.SessionItem;
import io.waggle.v1.Slot;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Six items of three categories, users with a taste, a region and a past, and two learned policies:
 * {@code live} knows the tastes, {@code candidate} has learned them from other users.
 */
final class ConstrainedWorld {
  static final long NOW = 1_700_000_000_000L;

  /** By kind, the constraints of a surface. */
  static final Map<String, List<ConstraintConfig>> KINDS = new LinkedHashMap<>();

  static {
    ConstraintConfig filter =
        named("filter")
            .setFilter(
                FilterConstraint.newBuilder()
                    .setAttribute("item.region")
                    .setContainsContext("user.region"))
            .build();
    ConstraintConfig seen = named("seen").setSeen(SeenConstraint.getDefaultInstance()).build();
    ConstraintConfig penalty =
        named("penalty").setSeen(SeenConstraint.newBuilder().setFactor(0.1)).build();
    ConstraintConfig pinFirst = pin("pin first", "i5", 1);
    ConstraintConfig pinSecond = pin("pin second", "i1", 2);
    ConstraintConfig cap =
        named("cap")
            .setCap(CapConstraint.newBuilder().setAttribute("item.category").setMost(1).setFirst(3))
            .build();
    ConstraintConfig apart =
        named("apart").setApart(ApartConstraint.newBuilder().setAttribute("item.category")).build();
    ConstraintConfig diversity =
        named("diversity")
            .setDiversity(
                DiversityConstraint.newBuilder().addAttributes("item.category").setWeight(0.7))
            .build();
    for (ConstraintConfig each :
        List.of(filter, seen, penalty, pinFirst, pinSecond, cap, apart, diversity)) {
      KINDS.put(each.getName(), List.of(each));
    }
    KINDS.put("all", List.of(filter, seen, penalty, pinSecond, cap, diversity));
  }

  private static final int ITEMS = 6;
  private static final int CATEGORIES = 3;
  private static final int LESSONS = 1_500;

  private final List<ConstraintConfig> constraints;
  private final int slots;
  private final List<Action> actions;
  private final Map<String, ByteString> models = new LinkedHashMap<>();

  /**
   * Trains the policies.
   *
   * @param slots 0: single rankings
   */
  ConstrainedWorld(String kind, int slots, long seed) {
    this.constraints = KINDS.getOrDefault(kind, List.of());
    this.slots = slots;
    this.actions = IntStream.range(0, ITEMS).mapToObj(ConstrainedWorld::item).toList();
    models.put("live", train("live", 0, seed));
    models.put("candidate", train("candidate", 1, seed + 1));
  }

  String arguments(String policy) {
    String explore = slots == 0 ? "--cb_explore_adf " : "--ccb_explore_adf ";
    return explore
        + (policy.equals("live") ? "--epsilon 0.4" : "--softmax --lambda 4")
        + " -q ui -b 12";
  }

  ByteString model(String policy) {
    return models.getOrDefault(policy, ByteString.EMPTY);
  }

  Surface surface(String livePolicy) {
    return Surface.of(
        SurfaceConfig.newBuilder()
            .setName("shop")
            .setLivePolicy(livePolicy)
            .setExplorationFloor(0.1)
            .setMultiSlot(slots > 0)
            .setReward(RewardConfig.getDefaultInstance())
            .addPolicies(policy("live"))
            .addPolicies(policy("candidate"))
            .addAllConstraints(constraints)
            .build());
  }

  private PolicyConfig policy(String name) {
    return PolicyConfig.newBuilder()
        .setName(name)
        .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments(name)))
        .build();
  }

  private ByteString train(String policy, int shift, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    try (Learner learner = Learners.open(arguments(policy), null, 1e-4)) {
      for (int i = 0; i < LESSONS; i++) {
        int taste = random.nextInt(CATEGORIES);
        Example example = new Example(List.of(user(taste, "n")), List.of(), actions, NOW, slots());
        int chosen = random.nextInt(ITEMS);
        int wanted = (taste + shift) % CATEGORIES;
        double reward = random.nextDouble() < chance(chosen, wanted) ? 1 : 0;
        if (slots == 0) {
          learner.learn(example, chosen, -reward, 1.0 / ITEMS);
        } else {
          learner.learnSlots(example, outcomes(chosen, reward, random));
        }
      }
      return ByteString.copyFrom(learner.modelBytes());
    } catch (RejectedExampleException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<SlotOutcome> outcomes(int first, double reward, SplittableRandom random) {
    List<SlotOutcome> outcomes = new ArrayList<>();
    outcomes.add(new SlotOutcome(first, -reward, 1.0 / ITEMS));
    while (outcomes.size() < slots) {
      int action = random.nextInt(ITEMS);
      if (outcomes.stream().noneMatch(each -> each.action() == action)) {
        outcomes.add(new SlotOutcome(action, 0, 1.0 / (ITEMS - outcomes.size())));
      }
    }
    return outcomes;
  }

  private List<Slot> slots() {
    return IntStream.range(0, slots)
        .mapToObj(slot -> Slot.newBuilder().setId("s" + slot).build())
        .toList();
  }

  private static double chance(int item, int taste) {
    return 0.1 + 0.02 * item + (item % CATEGORIES == taste ? 0.6 : 0);
  }

  /** Users one after the other. */
  Users users(long seed) {
    return new Users(new SplittableRandom(seed));
  }

  /** Users, and what they reward. */
  final class Users {
    private final SplittableRandom random;
    private int taste;

    private Users(SplittableRandom random) {
      this.random = random;
    }

    /** The next one's request. */
    RankInput next(String decisionId) {
      taste = random.nextInt(CATEGORIES);
      Session.Builder session =
          Session.newBuilder().setUserId("u").setVersion(1).setLastMillis(NOW - 1000);
      // Those who know what they like have seen it.
      for (int item = 0; item < ITEMS; item++) {
        if (random.nextDouble() < (item % CATEGORIES == taste ? 0.6 : 0.2)) {
          session.addRecentItems(
              SessionItem.newBuilder()
                  .setItemId("i" + item)
                  .setType("click")
                  .setTimeMillis(NOW - 1000));
        }
      }
      return new RankInput(
          decisionId,
          "u",
          NOW,
          List.of(user(taste, random.nextBoolean() ? "n" : "s")),
          session.build(),
          actions,
          false,
          slots());
    }

    /** What that user gives for an action of the decision. */
    double reward(Decision decision, int action) {
      int item = Integer.parseInt(decision.getActions(action).getId().substring(1));
      return random.nextDouble() < chance(item, taste) ? 1 : 0;
    }
  }

  private static Namespace user(int taste, String region) {
    return Namespace.newBuilder()
        .setName("user")
        .addFeatures(text("taste", "t" + taste))
        .addFeatures(text("region", region))
        .build();
  }

  private static Action item(int index) {
    return Action.newBuilder()
        .setId("i" + index)
        .addNamespaces(
            Namespace.newBuilder()
                .setName("item")
                .addFeatures(text("category", "c" + index % CATEGORIES))
                .addFeatures(text("name", "i" + index))
                .addFeatures(text("region", index < ITEMS / 2 ? "n" : "s")))
        .build();
  }

  private static Feature text(String name, String value) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setText(value))
        .build();
  }

  private static ConstraintConfig.Builder named(String name) {
    return ConstraintConfig.newBuilder().setName(name.replace(' ', '-'));
  }

  private static ConstraintConfig pin(String name, String item, int place) {
    return named(name).setPin(PinConstraint.newBuilder().setItem(item).setPlace(place)).build();
  }
}

package io.waggle.core.rule;

import com.google.protobuf.Message;
import io.waggle.v1.Action;
import io.waggle.v1.ActionFactors;
import io.waggle.v1.ActivateRequest;
import io.waggle.v1.Activation;
import io.waggle.v1.ConstraintEffect;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.FilterConstraint;
import io.waggle.v1.Interaction;
import io.waggle.v1.Item;
import io.waggle.v1.ItemSelection;
import io.waggle.v1.Namespace;
import io.waggle.v1.PutItemsRequest;
import io.waggle.v1.RankRequest;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.TextList;
import io.waggle.v1.TrackRequest;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Messages around the edges of their rules. Each value is ordinary, except that with probability
 * {@code oddity} it is one that sits on a limit, just past it, or is plain wrong.
 */
final class RandomMessages {
  private static final double[] ODD_NUMBERS = {
    Double.NaN,
    1.0 / 0,
    -1.0 / 0,
    1e6,
    -1e6,
    1000000.0000000001,
    -1000001,
    1e300,
    -0.0,
    Double.MIN_VALUE,
    0,
    1,
    1.0000000000000002,
    -1
  };
  private static final String[] ODD_NAMESPACES = {
    "", "1a", "_a", "a b", "a|b", "a:b", "\u00e4", "a\n", "a\u0000", "a-b", "A_9", "z", "Z", "a[",
    "`a", "a@", "a/"
  };
  private static final String[] ODD_PATHS = {
    "",
    "item",
    "item.",
    ".x",
    ".",
    "item.x\n",
    "item.\n",
    "1a.x",
    "_a.x",
    "a b.x",
    "a-b.x",
    "A_9.x",
    "z..x",
    "z.x.y",
    "z. ",
    "z.~"
  };
  // One, two, three and four bytes of UTF-8, and half a pair.
  private static final String[] LETTERS = {"a", "\u00e9", "\u65e5", "\ud83d\udc1d", "\ud83d"};
  private static final long[] ODD_LONGS = {0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE};

  private final SplittableRandom random;
  private final double oddity;

  RandomMessages(long seed, double oddity) {
    this.random = new SplittableRandom(seed);
    this.oddity = oddity;
  }

  Message any() {
    return switch (random.nextInt(9)) {
      case 0 -> rankRequest();
      case 1 -> decision();
      case 2 -> interaction();
      case 3 -> trackRequest();
      case 4 -> reward();
      case 5 ->
          RewardRequest.newBuilder()
              .setDecisionId(text(256))
              .setSurface(text(128))
              .setValue(number(0.5))
              .setRewardId(optionalText(256))
              .setEventTimeMillis(time())
              .setSlotId(optionalText(256))
              .build();
      case 6 -> item(text(256));
      case 7 -> putItemsRequest();
      default ->
          ActivateRequest.newBuilder()
              .setDecisionId(text(256))
              .setSurface(text(128))
              .setEventTimeMillis(time())
              .build();
    };
  }

  RankRequest rankRequest() {
    List<Action> actions = actions();
    return RankRequest.newBuilder()
        .setDecisionId(optionalText(256))
        .setSurface(text(128))
        .setUserId(optionalText(256))
        .addAllContext(list(3, 16, this::namespace))
        .addAllActions(actions)
        .setDeferred(random.nextBoolean())
        .addAllSlots(slots(actions.size()))
        .build();
  }

  ItemSelection selection() {
    return ItemSelection.newBuilder()
        .addAllItemIds(list(3, 10_000, () -> text(256)))
        .addAllFilters(list(2, 16, this::filter))
        .build();
  }

  private FilterConstraint filter() {
    FilterConstraint.Builder filter = FilterConstraint.newBuilder().setAttribute(path());
    if (odd()) {
      return filter.build();
    }
    return switch (random.nextInt(8)) {
      case 0 -> filter.setEquals(optionalText(1024)).build();
      case 1 -> filter.setNotEquals(optionalText(1024)).build();
      case 2 -> filter.setAbove(number(3)).build();
      case 3 -> filter.setBelow(number(3)).build();
      case 4 -> filter.setContainsContext(path()).build();
      case 5 -> filter.setLacksContext(path()).build();
      case 6 -> filter.setAboveContext(path()).build();
      default -> filter.setBelowContext(path()).build();
    };
  }

  private String path() {
    if (!odd()) {
      return "item.feature " + random.nextInt(3);
    }
    return random.nextInt(3) == 0
        ? "item." + "x".repeat(315 + random.nextInt(3))
        : ODD_PATHS[random.nextInt(ODD_PATHS.length)];
  }

  Decision decision() {
    List<Action> actions = actions();
    int count = actions.size();
    List<SlotDecision> slots = slotDecisions(count);
    return Decision.newBuilder()
        .setDecisionId(text(256))
        .setSurface(text(128))
        .setUserId(optionalText(256))
        .setEventTimeMillis(time())
        .addAllContext(list(2, 16, this::namespace))
        .addAllSession(list(1, 4, this::namespace))
        .addAllActions(actions)
        .addAllOrder(odd() ? List.of() : IntStream.range(0, count).boxed().toList())
        .addAllProbabilities(
            odd() ? List.of() : IntStream.range(0, count).mapToObj(i -> 1.0 / count).toList())
        .setPropensity(slots.isEmpty() ? number(0.25) : slots.get(0).getPropensity())
        .addAllSlots(slots)
        .addAllConstraints(list(2, 32, this::effect))
        .setFactors(factors(count))
        .setPolicy(optionalText(128))
        .setModelVersion(time())
        .setSeed(random.nextLong())
        .build();
  }

  private ConstraintEffect effect() {
    return ConstraintEffect.newBuilder()
        .setConstraint(text(128))
        .addAllExcluded(list(2, 1000, () -> optionalText(256)))
        .setPinned(optionalText(256))
        .build();
  }

  /** Of the first actions. */
  private ActionFactors factors(int actions) {
    List<Double> factors = list(Math.min(actions, 3), 1000, () -> number(0.5));
    return ActionFactors.newBuilder()
        .addAllFactors(factors)
        .addAllActions(IntStream.range(0, factors.size()).boxed().toList())
        .setOthers(number(1))
        .build();
  }

  Interaction interaction() {
    return Interaction.newBuilder()
        .setInteractionId(optionalText(256))
        .setSurface(text(128))
        .setUserId(text(256))
        .setType(text(64))
        .setItemId(optionalText(256))
        .setCategory(optionalText(256))
        .setDecisionId(optionalText(256))
        .setEventTimeMillis(time())
        .addAllProperties(list(3, 64, this::feature))
        .build();
  }

  private TrackRequest trackRequest() {
    TrackRequest.Builder request = TrackRequest.newBuilder();
    return odd()
        ? request.build()
        : request
            .addInteractions(interaction())
            .addAllInteractions(list(3, 999, this::interaction))
            .build();
  }

  private Item item(String id) {
    return Item.newBuilder()
        .setSurface(text(128))
        .setItemId(id)
        .addAllAttributes(list(2, 16, this::namespace))
        .setUpdatedMillis(time())
        .build();
  }

  private PutItemsRequest putItemsRequest() {
    int count = odd() ? 0 : 1 + random.nextInt(5);
    return PutItemsRequest.newBuilder()
        .addAllItems(
            IntStream.range(0, count).mapToObj(i -> item(odd() ? text(256) : "item-" + i)).toList())
        .build();
  }

  private Reward reward() {
    Reward.Builder reward =
        Reward.newBuilder()
            .setRewardId(optionalText(256))
            .setDecisionId(text(256))
            .setSurface(text(128))
            .setEventTimeMillis(time())
            .setSlotId(optionalText(256));
    if (odd()) {
      return reward.build();
    }
    return random.nextInt(4) == 0
        ? reward.setActivation(Activation.getDefaultInstance()).build()
        : reward.setValue(number(0.5)).build();
  }

  private List<Action> actions() {
    int count = odd() ? 0 : 1 + random.nextInt(6);
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                Action.newBuilder()
                    .setId(odd() ? text(256) : "action-" + i)
                    .addAllNamespaces(list(2, 16, this::namespace))
                    .build())
        .toList();
  }

  /** Half of the time none, else fewer than the actions; an odd list is one too long. */
  private List<Slot> slots(int actions) {
    if (odd()) {
      return IntStream.range(0, 50 + random.nextInt(2)).mapToObj(this::slot).toList();
    }
    int count = actions == 0 || random.nextBoolean() ? 0 : random.nextInt(actions);
    return IntStream.range(0, count).mapToObj(this::slot).toList();
  }

  private Slot slot(int index) {
    return Slot.newBuilder()
        .setId(odd() ? text(256) : "slot-" + index)
        .addAllFeatures(list(2, 4, this::namespace))
        .build();
  }

  /** The slots filled with the first actions, in order. */
  private List<SlotDecision> slotDecisions(int actions) {
    List<Slot> slots = slots(actions);
    return IntStream.range(0, slots.size())
        .mapToObj(
            i -> {
              SlotDecision.Builder slot =
                  SlotDecision.newBuilder()
                      .setAction(i)
                      .setPropensity(number(0.25))
                      .setFactors(factors(actions))
                      .addAllProbabilities(odd() ? list(0, 1000, () -> 0.0) : left(i, actions));
              return odd() ? slot.build() : slot.setSlot(slots.get(i)).build();
            })
        .toList();
  }

  private static List<Double> left(int taken, int actions) {
    return IntStream.range(0, actions)
        .mapToObj(i -> i < taken ? 0 : 1.0 / (actions - taken))
        .toList();
  }

  private Namespace namespace() {
    return Namespace.newBuilder()
        .setName(odd() ? oddNamespace() : "item")
        .addAllFeatures(list(3, random.nextInt(50) == 0 ? 1000 : 12, this::feature))
        .build();
  }

  private String oddNamespace() {
    return random.nextInt(4) == 0
        ? "n".repeat(63 + random.nextInt(3))
        : ODD_NAMESPACES[random.nextInt(ODD_NAMESPACES.length)];
  }

  private Feature feature() {
    Feature.Builder feature = Feature.newBuilder().setName(text(256));
    return odd() ? feature.build() : feature.setValue(value()).build();
  }

  private FeatureValue value() {
    FeatureValue.Builder value = FeatureValue.newBuilder();
    if (odd()) {
      return value.build();
    }
    return switch (random.nextInt(4)) {
      case 0 -> value.setText(optionalText(1024)).build();
      case 1 ->
          value
              .setTexts(TextList.newBuilder().addAllValues(list(3, 256, () -> optionalText(1024))))
              .build();
      default -> value.setNumber(number(random.nextDouble(-100, 100))).build();
    };
  }

  private double number(double ordinary) {
    return odd() ? ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)] : ordinary;
  }

  private long time() {
    return odd() ? ODD_LONGS[random.nextInt(ODD_LONGS.length)] : 1_700_000_000_000L;
  }

  private String text(int maxBytes) {
    return odd() ? oddText(maxBytes) : "text " + random.nextInt(1000);
  }

  private String optionalText(int maxBytes) {
    return random.nextInt(4) == 0 ? "" : text(maxBytes);
  }

  /** Empty, or as many letters as bring it to the limit or a letter or two away from it. */
  private String oddText(int maxBytes) {
    if (random.nextInt(4) == 0) {
      return "";
    }
    int width = 1 + random.nextInt(4);
    String letters = LETTERS[width - 1].repeat(maxBytes / width - 1 + random.nextInt(3));
    String end = LETTERS[random.nextInt(LETTERS.length)].repeat(random.nextInt(3));
    return letters + end;
  }

  /** A short list, or an odd one with as many items as allowed or one more. */
  private <T> List<T> list(int ordinary, int most, Supplier<T> item) {
    int count = odd() ? most + random.nextInt(2) : random.nextInt(ordinary + 1);
    if (count <= ordinary) {
      return IntStream.range(0, count).mapToObj(i -> item.get()).toList();
    }
    // A long list of one item: a thousand odd ones would never be valid.
    T repeated = item.get();
    return IntStream.range(0, count).mapToObj(i -> repeated).toList();
  }

  private boolean odd() {
    return random.nextDouble() < oddity;
  }
}

package io.waggle.core.delay;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.util.Arrays;
import java.util.List;

/**
 * Places of an example's features in a table of weights, by hash: one for the bias, one for the
 * chosen action, one for each of its own features and of the shared features, and one for each
 * shared feature together with the action. A number stands for its sign and power of two, so that
 * no scale matters. At most {@link #FEATURES_BOUND} features are used, further ones are left out.
 * Not for reuse; one thread.
 */
final class FeatureSlots {
  /** Most features used of one example; the places are up to twice as many and two. */
  static final int FEATURES_BOUND = 1_024;

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long BIAS = 1;
  private static final long OF_ACTION = 2;
  private static final long SHARED = 3;

  private final int mask;
  private int[] slots = new int[64];
  private int count;
  private int features;

  private FeatureSlots(int mask) {
    this.mask = mask;
  }

  /**
   * The places, in a fixed order.
   *
   * @param size of the table, a power of two
   */
  static int[] of(Example example, int chosen, int size) {
    FeatureSlots slots = new FeatureSlots(size - 1);
    Action action = example.actions().get(chosen);
    long actionHash = hash(OF_ACTION, action.getId());
    slots.add(BIAS);
    slots.add(actionHash);
    slots.addAll(OF_ACTION, action.getNamespacesList(), 0);
    slots.addAll(SHARED, example.context(), actionHash);
    slots.addAll(SHARED, example.session(), actionHash);
    return Arrays.copyOf(slots.slots, slots.count);
  }

  /** Place of an action in a table. */
  static int ofAction(String actionId, int size) {
    return (int) mix(hash(OF_ACTION, actionId)) & (size - 1);
  }

  private void addAll(long kind, List<Namespace> namespaces, long crossedWith) {
    for (Namespace namespace : namespaces) {
      long name = hash(kind, namespace.getName());
      for (Feature feature : namespace.getFeaturesList()) {
        long hash = hash(name, feature.getName());
        FeatureValue value = feature.getValue();
        switch (value.getKindCase()) {
          case NUMBER -> addOne(hash(hash, powerOfTwo(value.getNumber())), crossedWith);
          case TEXT -> addOne(hash(hash, value.getText()), crossedWith);
          case TEXTS -> {
            for (String text : value.getTexts().getValuesList()) {
              addOne(hash(hash, text), crossedWith);
            }
          }
          case KIND_NOT_SET -> {}
        }
      }
    }
  }

  private void addOne(long hash, long crossedWith) {
    if (features == FEATURES_BOUND) {
      return;
    }
    features++;
    add(hash);
    if (crossedWith != 0) {
      add(hash * FNV_PRIME ^ crossedWith);
    }
  }

  private void add(long hash) {
    if (count == slots.length) {
      slots = Arrays.copyOf(slots, 2 * count);
    }
    slots[count++] = (int) mix(hash) & mask;
  }

  private static long powerOfTwo(double number) {
    return number == 0 ? 0 : (number < 0 ? -10_000 : 10_000) + Math.getExponent(number);
  }

  private static long hash(long start, String text) {
    long hash = (start ^ FNV_OFFSET) * FNV_PRIME;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }

  private static long hash(long start, long number) {
    return ((start ^ FNV_OFFSET) * FNV_PRIME ^ number) * FNV_PRIME;
  }

  /** Finaliser of SplitMix64, so that the low bits hold all of it. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}

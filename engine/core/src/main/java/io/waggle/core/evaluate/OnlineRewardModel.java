package io.waggle.core.evaluate;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.ExampleHashes;
import io.waggle.v1.RewardModelState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A reward model that learns as decisions close: the mean reward of all, plus a weight for the
 * action, one for each shared feature, and one for each shared feature together with the action, by
 * hash. The actions' own features are left out: their ids stand for them, so an action never seen
 * is expected to do as its context does.
 *
 * <p>Linear least squares by AdaGrad (Duchi, Hazan, Singer, JMLR 2011) on rewards scaled to [0, 1],
 * with sums of squares that decay, so that it follows tastes that move. {@link #SIZE} weights, 256
 * KiB a surface; a decision costs some nanoseconds for each pair of action and shared feature.
 * Deterministic. One thread.
 */
public final class OnlineRewardModel implements RewardModel {
  /** Weights, a power of two. */
  static final int SIZE = 1 << 15;

  private static final double RATE = 0.1;
  private static final double DECAY = 0.9995;
  private static final long CROSS = 0x9e3779b97f4a7c15L;

  private final double rewardMin;
  private final double rewardRange;
  private final float[] weights = new float[SIZE];
  private final float[] squares = new float[SIZE];
  private long count;
  private double rewardSum;
  private @Nullable Example hashedExample;
  private ExampleHashes hashes = new ExampleHashes(new long[0], new long[0]);

  /** Knows nothing yet: expects the middle of the range. */
  public OnlineRewardModel(double rewardMin, double rewardMax) {
    this(RewardModelState.getDefaultInstance(), rewardMin, rewardMax);
  }

  /** Goes on from what was saved with the same range; a state of another size is as none. */
  public OnlineRewardModel(RewardModelState state, double rewardMin, double rewardMax) {
    this.rewardMin = rewardMin;
    this.rewardRange = rewardMax - rewardMin;
    if (state.getWeightsCount() == SIZE && state.getSquaresCount() == SIZE) {
      for (int i = 0; i < SIZE; i++) {
        weights[i] = state.getWeights(i);
        squares[i] = state.getSquares(i);
      }
      count = state.getCount();
      rewardSum = state.getRewardSum();
    }
  }

  @Override
  public double[] expected(Example example, String slot) {
    hash(example);
    long[] shared = withSlot(hashes.shared(), slot);
    double common = mean();
    for (long feature : shared) {
      common += weights[place(feature)];
    }
    double[] expected = new double[hashes.actions().length];
    for (int i = 0; i < expected.length; i++) {
      long action = hashes.actions()[i];
      double sum = common + weights[place(action)];
      for (long feature : shared) {
        sum += weights[place(feature * CROSS ^ action)];
      }
      expected[i] = rewardMin + rewardRange * clipped(sum);
    }
    return expected;
  }

  @Override
  public void learn(Example example, String slot, int chosen, double reward) {
    learn(places(example, slot, chosen), reward);
  }

  @Override
  public int[] places(Example example, String slot, int chosen) {
    hash(example);
    long[] shared = withSlot(hashes.shared(), slot);
    long action = hashes.actions()[chosen];
    int[] places = new int[1 + 2 * shared.length];
    places[0] = place(action);
    for (int i = 0; i < shared.length; i++) {
      places[1 + 2 * i] = place(shared[i]);
      places[2 + 2 * i] = place(shared[i] * CROSS ^ action);
    }
    return places;
  }

  /** Places out of range: nothing is learned. */
  @Override
  public void learn(int[] places, double reward) {
    double scaled = (reward - rewardMin) / rewardRange;
    if (!(scaled >= 0 && scaled <= 1) || !inRange(places)) {
      return;
    }
    double expected = mean();
    for (int place : places) {
      expected += weights[place];
    }
    count++;
    rewardSum += scaled;
    double gradient = clipped(expected) - scaled;
    // Shared out, so that an example of many features does not step further than one of few.
    double rate = RATE / Math.sqrt(places.length);
    for (int place : places) {
      double square = DECAY * squares[place] + gradient * gradient;
      squares[place] = (float) square;
      weights[place] -= (float) (rate * gradient / Math.sqrt(1 + square));
    }
  }

  /** Small while nothing was learned. */
  @Override
  public RewardModelState state() {
    RewardModelState.Builder state = RewardModelState.newBuilder();
    if (count > 0) {
      state.setCount(count).setRewardSum(rewardSum);
      for (int i = 0; i < SIZE; i++) {
        state.addWeights(weights[i]).addSquares(squares[i]);
      }
    }
    return state.build();
  }

  /** The same example is asked for again: by each of its slots, and when it is learned. */
  private void hash(Example example) {
    if (example != hashedExample) {
      hashes = ExampleHashes.of(example);
      hashedExample = example;
    }
  }

  /** Of all, begun with one imagined decision in the middle. */
  private double mean() {
    return (rewardSum + 0.5) / (count + 1);
  }

  private static boolean inRange(int[] places) {
    for (int place : places) {
      if (place < 0 || place >= SIZE) {
        return false;
      }
    }
    return true;
  }

  private static double clipped(double sum) {
    return Math.min(1, Math.max(0, sum));
  }

  private static long[] withSlot(long[] shared, String slot) {
    if (slot.isEmpty()) {
      return shared;
    }
    long[] with = Arrays.copyOf(shared, shared.length + 1);
    with[shared.length] = ExampleHashes.of(slot);
    return with;
  }

  /** Finaliser of SplitMix64, so that the low bits hold all of the hash. */
  private static int place(long hash) {
    long mixed = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return (int) (mixed ^ (mixed >>> 31)) & (SIZE - 1);
  }
}

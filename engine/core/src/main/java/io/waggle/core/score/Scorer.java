package io.waggle.core.score;

import io.waggle.core.codec.ModelOptions;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.feature.MovingNumbers;
import io.waggle.core.policy.Policy;
import io.waggle.core.policy.Prediction;
import io.waggle.core.policy.Retriever;
import io.waggle.v1.Action;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a Vowpal Wabbit 9.3.0 model says of examples, computed here: no native code, no lock, no
 * text. Features are hashed once for all weight sets, those of items and catalogues once for all
 * requests; what a feature of actions weighs is added up once in a request; products of features
 * are never stored. Nothing is allocated for an action once a thread has seen as large an example;
 * a prediction allocates its two arrays.
 *
 * <p>Scores are VW's but for rounding, see {@link RequestScores}. They are added up in VW's order,
 * and so are VW's to the bit, where interactions have wildcards (slots always do), where
 * exploration takes plausible costs ({@code --regcb}), and for actions with a letter that is shared
 * too. Of the probabilities then, those of {@code --softmax} differ by one unit in the last place
 * of an exponential, those of {@code --regcb} by VW's approximate roots. With several slots the
 * order is by score alone: VW moves an action that it draws with a generator of its own to the
 * front.
 *
 * <p>Immutable, shared by all threads; what a thread needs to work with it keeps, about 16 bytes a
 * feature of the 64 largest actions it has seen. A model holds {@code 4 << bits} bytes, with {@code
 * --regcb} three times that.
 */
public final class Scorer implements Policy, Retriever {
  /** How far from 1 the sum of 32-bit probabilities may be before it is an error. */
  private static final double SUM_TOLERANCE = 1e-3;

  private static final int[] NO_SLOTS = {};

  private static final ThreadLocal<Workspace> WORKSPACES = ThreadLocal.withInitial(Workspace::new);

  private final FeatureRules rules;
  private final LinearScores scores;
  private final int[] policies;
  private final RetrievalScores retrieval;
  private final Explorer explorer;
  private final @Nullable Ranges ranges;
  private final boolean severalSlots;
  private final boolean inOrder;

  /** What exploration by plausible costs needs besides scores. */
  private record Ranges(Sensitivity sensitivity, float lowTarget, float highTarget) {}

  /** What a thread works with, for all models. */
  private static final class Workspace {
    private final FeatureGroups features = new FeatureGroups();
    private final RankedActions ranked = new RankedActions();
    private final RequestScores scores = new RequestScores(features, ranked);
    private final Lanes lanes = new Lanes();
    private final TouchedWeights touched = new TouchedWeights();
    private int[] candidates = new int[0];
    private boolean[] taken = new boolean[0];
  }

  private Scorer(
      LearnerOptions options, VowpalWabbitModel model, HashedNamespaces hashed, boolean inOrder) {
    this.inOrder = inOrder;
    this.severalSlots = options.has("--ccb_explore_adf");
    this.rules = FeatureRules.of(options, hashed);
    this.scores = new LinearScores(options, model, severalSlots);
    this.policies =
        WeightSets.of(options).policies().stream().mapToInt(Integer::intValue).toArray();
    this.retrieval = new RetrievalScores(scores, policies);
    this.explorer = Explorer.of(options, model.counters().explored());
    this.ranges =
        explorer instanceof RegCbExplorer regCb
            ? new Ranges(Sensitivity.of(options, model), regCb.lowTarget(), regCb.highTarget())
            : null;
  }

  /**
   * A scorer of a model.
   *
   * @param arguments the policy's own command line: the bytes do not keep all of it
   * @throws IllegalArgumentException as {@code arguments: value (expected: ...)} when it has what
   *     the scorer does not compute
   */
  public static Scorer of(String arguments, VowpalWabbitModel model) {
    return of(arguments, model, HashedNamespaces.OF_PROCESS);
  }

  /**
   * The same with hashes that others do not share.
   *
   * @param hashed of namespaces that come again
   */
  public static Scorer of(String arguments, VowpalWabbitModel model, HashedNamespaces hashed) {
    return of(arguments, model, hashed, false);
  }

  /** One that adds in VW's order whatever it costs: equal to VW to the bit. */
  static Scorer inOrder(String arguments, VowpalWabbitModel model) {
    return of(arguments, model, HashedNamespaces.OF_PROCESS, true);
  }

  private static Scorer of(
      String arguments, VowpalWabbitModel model, HashedNamespaces hashed, boolean inOrder) {
    String expected = problem(arguments);
    LearnerOptions options =
        new LearnerOptions(model.header().options()).and(new LearnerOptions(arguments));
    if (expected == null) {
      expected = ScorerOptions.problem(options);
    }
    if (expected != null) {
      throw new IllegalArgumentException(
          "arguments: " + arguments + " (expected: " + expected + ")");
    }
    return new Scorer(options, model, hashed, inOrder);
  }

  /**
   * What a command line has that the scorer does not compute, as the expectation that it breaks;
   * null: models of such a learner can be scored.
   */
  public static @Nullable String problem(String arguments) {
    String unreadable = ModelOptions.problem(arguments);
    return unreadable != null ? unreadable : ScorerOptions.problem(new LearnerOptions(arguments));
  }

  /**
   * Predicts.
   *
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when the example is
   *     unfit
   * @throws IllegalStateException when the model gives no valid probabilities
   */
  @Override
  public Prediction predict(Example example) {
    require(false);
    requireNoProblem(example.problem());
    Workspace workspace = WORKSPACES.get();
    workspace.features.startExample(rules, example.context(), example.session());
    return predict(workspace, example.actions(), NO_SLOTS);
  }

  /**
   * Scores without what all actions share, and without products of three features or more of which
   * two are the action's. What is found out about {@code all} is kept for the next request: the
   * list must not change, and its actions be sound.
   */
  @Override
  public float[] costs(
      Example shared, List<Action> all, Supplier<MovingNumbers> numbers, int[] selected) {
    requireNoProblem(shared.problem());
    FeatureGroups features = WORKSPACES.get().features;
    IndexedActions actions = ActionIndexes.OF_PROCESS.of(rules, all);
    MovingNumbers moving = numbers.get();
    MovingScores.@Nullable Taken[] taken = MovingScores.taken(rules, moving, features);
    features.startExample(rules, shared.context(), shared.session());
    return retrieval.of(features, actions, taken, moving.values(), selected);
  }

  /**
   * Predicts one slot.
   *
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when the example or
   *     what fills the slots before is unfit
   * @throws IllegalStateException when the model gives no valid probabilities
   */
  @Override
  public Prediction predictSlot(Example example, int[] earlier) {
    require(true);
    requireNoProblem(example.problem(earlier));
    Workspace workspace = WORKSPACES.get();
    workspace.features.startExample(rules, example.context(), example.session());
    workspace.features.addSlot(example.slots().get(earlier.length), earlier.length);
    return predict(workspace, example.actions(), earlier);
  }

  /**
   * The scores that exploration ranks by, smaller is better: those of {@link #predict}, or of
   * {@link #predictSlot} where the learner fills several slots.
   *
   * @param earlier what fills the slots before
   * @return {@code float[weight sets][actions]}, 0 for the earlier ones
   */
  public float[][] scores(Example example, int... earlier) {
    // What it predicts is still in the thread's workspace.
    var unused = severalSlots ? predictSlot(example, earlier) : predict(example);
    Workspace workspace = WORKSPACES.get();
    float[][] scored = new float[policies.length][example.actions().size()];
    for (int policy = 0; policy < policies.length; policy++) {
      for (int i = 0; i < workspace.ranked.actions(); i++) {
        scored[policy][workspace.candidates[i]] = workspace.ranked.score(policy, i);
      }
    }
    return scored;
  }

  private Prediction predict(Workspace workspace, List<Action> actions, int[] earlier) {
    FeatureGroups features = workspace.features;
    RankedActions ranked = workspace.ranked;
    features.endShared();
    int[] candidates = candidates(workspace, actions.size(), earlier);
    int left = actions.size() - earlier.length;
    ranked.start(left, policies.length);
    if (!inOrder && ranges == null && workspace.scores.start(scores, policies)) {
      scoreByRequest(workspace, actions, left);
    } else {
      scoreInOrder(workspace, actions, left);
    }
    explorer.explore(ranked);
    return prediction(ranked, candidates, actions.size());
  }

  /** What all actions share is added up once for each of their features. */
  private void scoreByRequest(Workspace workspace, List<Action> actions, int left) {
    FeatureGroups features = workspace.features;
    for (int i = 0; i < left; i++) {
      features.setAction(actions.get(workspace.candidates[i]));
      workspace.scores.add(i);
    }
    workspace.scores.score();
  }

  /** In VW's order of additions. */
  private void scoreInOrder(Workspace workspace, List<Action> actions, int left) {
    FeatureGroups features = workspace.features;
    workspace.lanes.clear();
    for (int first = 0; first < left; first += Lanes.WIDTH) {
      int count = Math.min(Lanes.WIDTH, left - first);
      features.startActions();
      for (int i = 0; i < count; i++) {
        features.addAction(i, actions.get(workspace.candidates[first + i]));
      }
      score(workspace, first, count);
    }
    scoreLanes(workspace);
  }

  /** Scores the actions that the features hold: later, side by side, where that can be done. */
  private void score(Workspace workspace, int first, int count) {
    FeatureGroups features = workspace.features;
    Lanes lanes = workspace.lanes;
    if (lanes.isFull()) {
      scoreLanes(workspace);
    }
    // What is left of one action in place of four costs more than it saves.
    boolean alone = count == 1 || ranges != null || !scores.fitsLanes(features);
    if (!alone && lanes.add(features, first, count)) {
      return;
    }
    if (!alone && lanes.blocks() > 0) {
      scoreLanes(workspace);
      if (lanes.add(features, first, count)) {
        return;
      }
    }
    for (int i = 0; i < count; i++) {
      features.select(i);
      for (int policy = 0; policy < policies.length; policy++) {
        workspace.ranked.setScore(policy, first + i, scores.score(features, policies[policy]));
      }
      if (ranges != null) {
        setSensitivities(ranges, workspace, first + i);
      }
    }
  }

  private void scoreLanes(Workspace workspace) {
    Lanes lanes = workspace.lanes;
    for (int policy = 0; policy < policies.length && lanes.blocks() > 0; policy++) {
      scores.score(lanes, policies[policy]);
      for (int block = 0; block < lanes.blocks(); block++) {
        for (int lane = 0; lane < lanes.count(block); lane++) {
          float score = scores.score(lanes, block, lane);
          workspace.ranked.setScore(policy, lanes.first(block) + lane, score);
        }
      }
    }
    lanes.clear();
  }

  private void setSensitivities(Ranges by, Workspace workspace, int action) {
    scores.touch(workspace.features, policies[0], workspace.touched);
    float score = workspace.ranked.score(0, action);
    workspace.ranked.setSensitivities(
        action,
        by.sensitivity().toward(by.lowTarget(), score, workspace.touched),
        by.sensitivity().toward(by.highTarget(), score, workspace.touched));
  }

  /** The actions that no earlier slot has, in order. */
  private static int[] candidates(Workspace workspace, int actions, int[] earlier) {
    if (workspace.candidates.length < actions) {
      workspace.candidates = new int[actions];
      workspace.taken = new boolean[actions];
    }
    boolean[] taken = workspace.taken;
    for (int action : earlier) {
      taken[action] = true;
    }
    int count = 0;
    for (int action = 0; action < actions; action++) {
      if (!taken[action]) {
        workspace.candidates[count++] = action;
      }
    }
    for (int action : earlier) {
      taken[action] = false;
    }
    return workspace.candidates;
  }

  /** The probabilities are 32-bit; they are scaled so that their sum is 1 in 64 bits. */
  private static Prediction prediction(RankedActions ranked, int[] candidates, int actions) {
    double sum = 0;
    for (int rank = 0; rank < ranked.actions(); rank++) {
      float probability = ranked.probability(rank);
      if (!(probability >= 0)) {
        throw new IllegalStateException("model: a probability is " + probability);
      }
      sum += probability;
    }
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new IllegalStateException("model: its probabilities sum to " + sum);
    }
    double[] probabilities = new double[actions];
    int[] order = new int[ranked.actions()];
    for (int rank = 0; rank < order.length; rank++) {
      order[rank] = candidates[ranked.action(rank)];
      probabilities[order[rank]] = ranked.probability(rank) / sum;
    }
    return new Prediction(probabilities, order);
  }

  /** A model of the other kind would take slots for features it has never seen, or the reverse. */
  private void require(boolean slots) {
    if (slots != severalSlots) {
      throw new IllegalArgumentException(
          "slots: the learner " + (severalSlots ? "fills several" : "makes one ranking"));
    }
  }

  private static void requireNoProblem(@Nullable String problem) {
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }
}

package io.waggle.core.score;

/**
 * Scores to probabilities, in the order of VW 9.3.0's 32-bit arithmetic ({@code
 * cb_explore_adf_*.cc}). Immutable; any thread.
 */
interface Explorer {
  /** Ranks the actions and gives each rank its probability. */
  void explore(RankedActions actions);

  /**
   * That of a learner with these options.
   *
   * @param learned labelled events learned, or with {@code --first} the uniform ones left
   */
  static Explorer of(LearnerOptions options, long learned) {
    boolean firstOnly = options.has("--first_only");
    float epsilon = options.decimal("--epsilon", 0);
    if (options.has("--bag")) {
      return new BagExplorer(options.number("--bag", 1), epsilon, firstOnly);
    }
    if (options.has("--cover")) {
      return new CoverExplorer(
          options.number("--cover", 1),
          epsilon,
          !options.has("--epsilon"),
          learned,
          !options.has("--nounif"),
          firstOnly);
    }
    if (options.has("--softmax")) {
      return softmax(Math.abs(options.decimal("--lambda", 1)), epsilon);
    }
    if (options.has("--squarecb")) {
      return squareCb(
          options.decimal("--gamma_scale", 10)
              * (float) Math.pow((double) learned, options.decimal("--gamma_exponent", 0.5f)));
    }
    if (options.has("--regcb")) {
      return RegCbExplorer.of(options, learned);
    }
    if (options.has("--first")) {
      return first(learned > 0, epsilon);
    }
    return greedy(options.decimal("--epsilon", 0.05f), firstOnly);
  }

  /** The best, or those tied with it, share what uniform exploration leaves. */
  private static Explorer greedy(float epsilon, boolean firstOnly) {
    return actions -> {
      actions.rank(0);
      int count = actions.actions();
      float uniform = epsilon / count;
      int leaders = firstOnly ? 1 : actions.tied(0);
      for (int rank = 0; rank < count; rank++) {
        actions.setProbability(rank, rank < leaders ? uniform + (1f - epsilon) / leaders : uniform);
      }
    };
  }

  /** {@code exp(-lambda (score - best)) / sum}. Java's and C's exp differ in the last bit. */
  private static Explorer softmax(float lambda, float epsilon) {
    return actions -> {
      actions.rank(0);
      int count = actions.actions();
      float best = actions.score(0, actions.action(0));
      float sum = 0;
      for (int rank = 0; rank < count; rank++) {
        float score = actions.score(0, actions.action(rank));
        float share = (float) Math.exp(-lambda * (score - best));
        actions.setProbability(rank, share);
        sum += share;
      }
      for (int rank = 0; rank < count; rank++) {
        actions.setProbability(rank, actions.probability(rank) / sum);
      }
      actions.liftProbabilities(epsilon);
    };
  }

  /** {@code 1 / (actions + gamma (score - best))}; the rest for the best (Foster, Rakhlin 2020). */
  private static Explorer squareCb(float gamma) {
    return actions -> {
      actions.rank(0);
      int count = actions.actions();
      float best = actions.score(0, actions.action(0));
      float sum = 0;
      for (int rank = 1; rank < count; rank++) {
        float share = 1f / (count + gamma * (actions.score(0, actions.action(rank)) - best));
        actions.setProbability(rank, share);
        sum += share;
      }
      actions.setProbability(0, 1f - sum);
    };
  }

  /** Uniform while events are left for it, then the best. */
  private static Explorer first(boolean uniform, float epsilon) {
    return actions -> {
      actions.rank(0);
      int count = actions.actions();
      for (int rank = 0; rank < count; rank++) {
        actions.setProbability(rank, uniform ? 1f / count : rank == 0 ? 1 : 0);
      }
      actions.liftProbabilities(epsilon);
    };
  }
}

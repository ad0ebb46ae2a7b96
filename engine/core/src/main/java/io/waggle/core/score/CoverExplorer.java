package io.waggle.core.score;

/**
 * Each policy of an online cover has an equal share for its best action, or for those tied with it.
 *
 * @param epsilon least probability times actions, unless that decays
 * @param decays true: the least probability falls with the events learned
 * @param learned events learned
 * @param zeros true: actions that no policy chose have the least probability too
 * @param firstOnly true: of tied ones the first has the share
 */
record CoverExplorer(
    int policies, float epsilon, boolean decays, long learned, boolean zeros, boolean firstOnly)
    implements Explorer {
  @Override
  public void explore(RankedActions actions) {
    int count = actions.actions();
    actions.clearVotes();
    float[] votes = actions.votes();
    float[] sums = actions.sums();
    float share = 1f / policies;
    for (int policy = 0; policy < policies; policy++) {
      actions.rank(policy);
      int leaders = firstOnly ? 1 : actions.tied(policy);
      for (int rank = 0; rank < leaders; rank++) {
        votes[actions.action(rank)] += share / leaders;
      }
      for (int rank = 0; rank < count; rank++) {
        // VW adds up by rank what it then reads by action; it decides ties only.
        sums[rank] += actions.score(policy, actions.action(rank));
      }
    }
    actions.liftVotes(leastProbability(count) * count, zeros);
    actions.rankByVotes();
  }

  private float leastProbability(int actions) {
    if (!decays) {
      return epsilon / actions;
    }
    return Math.min(1f / actions, 1f / (float) Math.sqrt((double) (learned * actions)));
  }
}

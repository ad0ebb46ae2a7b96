package io.waggle.core.score;

/**
 * Each policy votes for its best action, or for those tied with it. One weight set a policy.
 *
 * @param epsilon least probability times actions
 * @param firstOnly true: of tied ones the first has the vote
 */
record BagExplorer(int policies, float epsilon, boolean firstOnly) implements Explorer {
  @Override
  public void explore(RankedActions actions) {
    actions.clearVotes();
    float[] votes = actions.votes();
    float[] sums = actions.sums();
    for (int policy = 0; policy < policies; policy++) {
      actions.rank(policy);
      for (int action = 0; action < actions.actions(); action++) {
        sums[action] += actions.score(policy, action);
      }
      int leaders = firstOnly ? 1 : actions.tied(policy);
      for (int rank = 0; rank < leaders; rank++) {
        votes[actions.action(rank)] += 1f / leaders;
      }
    }
    double total = 0;
    for (int action = 0; action < actions.actions(); action++) {
      total += votes[action];
    }
    float share = 1f / (float) total;
    for (int action = 0; action < actions.actions(); action++) {
      votes[action] *= share;
    }
    actions.liftVotes(epsilon, true);
    actions.rankByVotes();
  }
}

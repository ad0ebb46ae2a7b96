package io.waggle.app.evaluate;

import io.waggle.app.report.LiveScreen;
import io.waggle.core.evaluate.OnlineRewardModel;
import io.waggle.core.evaluate.RewardModel;
import io.waggle.core.log.LogCounts;
import io.waggle.core.model.CommandLineTrial;
import io.waggle.core.offline.Ablation;
import io.waggle.core.offline.Candidate;
import io.waggle.core.offline.CandidateRun;
import io.waggle.core.offline.Estimator;
import io.waggle.core.offline.FeatureCensus;
import io.waggle.core.offline.OccasionReader;
import io.waggle.core.offline.OfflineSettings;
import io.waggle.core.offline.ProgressiveEvaluation;
import io.waggle.core.offline.SuccessiveHalving;
import io.waggle.core.offline.TabularRewards;
import io.waggle.v1.PolicyConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries a plan out: one pass over the log, and one before where rewards or features are counted.
 */
public final class LogEvaluation {
  private final EvaluationPlan plan;
  private final LiveScreen screen;

  private LogEvaluation(EvaluationPlan plan, LiveScreen screen) {
    this.plan = plan;
    this.screen = screen;
  }

  /**
   * Evaluates.
   *
   * @throws IllegalArgumentException before anything is read when a learner refuses its command
   *     line, with the learner's own message; or when there is no such log
   * @throws IOException when a log cannot be read on
   */
  public static EvaluationReport run(EvaluationPlan plan, LiveScreen screen)
      throws IOException, InterruptedException {
    return new LogEvaluation(plan, screen).run();
  }

  private EvaluationReport run() throws IOException, InterruptedException {
    List<Candidate> searched = plan.search() == null ? List.of() : plan.search().candidates();
    plan.candidates().forEach(LogEvaluation::tryOut);
    searched.forEach(LogEvaluation::tryOut);
    RewardModel rewards = rewardModel();
    AblationChoice choice = chooseWhatToLeaveOut();
    List<CandidateRun> runs = new ArrayList<>();
    try {
      return evaluate(runs, searched, rewards, choice);
    } finally {
      runs.forEach(CandidateRun::close);
    }
  }

  private EvaluationReport evaluate(
      List<CandidateRun> runs,
      List<Candidate> searched,
      @Nullable RewardModel rewards,
      AblationChoice choice)
      throws IOException, InterruptedException {
    int looked = looked(searched);
    OfflineSettings each = searched.isEmpty() ? plan.settings() : plan.settings().among(looked);
    for (Candidate candidate : plan.candidates()) {
      runs.add(new CandidateRun(candidate, each, plan.segments(), isAblated(candidate)));
    }
    List<CandidateRun> ofSearch = new ArrayList<>();
    for (Candidate candidate : searched) {
      CandidateRun run = new CandidateRun(candidate, each, plan.segments(), false);
      runs.add(run);
      ofSearch.add(run);
    }
    List<CandidateRun> candidates = List.copyOf(runs);
    List<ProgressiveEvaluation.Watcher> watchers = new ArrayList<>();
    if (plan.search() != null) {
      watchers.add(
          new SuccessiveHalving(
              ofSearch,
              candidates,
              new SuccessiveHalving.Plan(
                  plan.search().looks(), plan.search().keep(), estimator())));
    }
    Ablation ablation = ablation(runs, choice);
    if (ablation != null) {
      watchers.add(ablation);
    }
    EvaluationProgress progress = new EvaluationProgress(screen, "evaluating");
    watchers.add(
        (occasions, share, counts) ->
            progress.show(
                share, counts, (int) runs.stream().filter(run -> !run.hasEnded()).count()));
    LogCounts counts;
    try (OccasionReader log = reader(rewards)) {
      counts =
          ProgressiveEvaluation.run(
              log,
              runs,
              plan.threads(),
              (occasions, share, read) ->
                  watchers.forEach(watcher -> watcher.batchDone(occasions, share, read)));
    }
    double seconds = progress.seconds();
    screen.say("");
    return new EvaluationReport(
        plan,
        estimator(),
        counts,
        looked,
        each.alpha(),
        EvaluationReport.ranked(
            candidates.stream().map(CandidateRun::result).toList(), estimator()),
        choice,
        ablation == null ? List.of() : ablation.losses(),
        seconds);
  }

  /** The candidates that intervals are shared among; the log itself is none. */
  private int looked(List<Candidate> searched) {
    return searched.size()
        + (int) plan.candidates().stream().filter(each -> each.config() != null).count();
  }

  private Estimator estimator() {
    if (plan.estimator() != null) {
      return plan.estimator();
    }
    return plan.rewardModel() == RewardModelKind.NONE ? Estimator.SNIPS : Estimator.DOUBLY_ROBUST;
  }

  private boolean isAblated(Candidate candidate) {
    return plan.ablation() != null && plan.ablation().candidate().equals(candidate.name());
  }

  private @Nullable Ablation ablation(List<CandidateRun> runs, AblationChoice choice) {
    if (plan.ablation() == null || choice.chosen().isEmpty()) {
      return null;
    }
    OfflineSettings settings = plan.settings().among(choice.chosen().size());
    CandidateRun whole =
        runs.stream().filter(run -> isAblated(run.candidate())).findFirst().orElseThrow();
    List<CandidateRun> without = new ArrayList<>();
    for (FeatureCensus.Entry entry : choice.chosen()) {
      without.add(
          new CandidateRun(whole.candidate().without(entry.mask()), settings, List.of(), true));
    }
    runs.addAll(without);
    return new Ablation(whole, without, settings);
  }

  private AblationChoice chooseWhatToLeaveOut() throws IOException {
    if (plan.ablation() == null) {
      return AblationChoice.NONE;
    }
    try (OccasionReader log = watched("counting features")) {
      return AblationChoice.of(FeatureCensus.of(log), plan.ablation().featuresMax());
    }
  }

  private @Nullable RewardModel rewardModel() throws IOException {
    return switch (plan.rewardModel()) {
      case NONE -> null;
      case ONLINE ->
          new OnlineRewardModel(plan.settings().rewardMin(), plan.settings().rewardMax());
      case TABULAR -> countRewards();
    };
  }

  private TabularRewards countRewards() throws IOException {
    try (OccasionReader log = watched("counting rewards")) {
      return TabularRewards.count(log, plan.rewardModelBy());
    }
  }

  private OccasionReader reader(@Nullable RewardModel rewards) throws IOException {
    return new OccasionReader(
        SeveralLogs.open(plan.logs()), plan.settings(), plan.segments(), rewards);
  }

  private OccasionReader watched(String pass) throws IOException {
    return new OccasionReader(
        new WatchedLog(SeveralLogs.open(plan.logs()), new EvaluationProgress(screen, pass)),
        plan.settings(),
        List.of(),
        null);
  }

  private static void tryOut(Candidate candidate) {
    PolicyConfig config = candidate.config();
    if (config == null || !config.hasVowpalWabbit()) {
      return;
    }
    String problem = CommandLineTrial.problem(config.getVowpalWabbit().getArguments());
    if (problem != null) {
      throw new IllegalArgumentException(
          "candidate %s: %s: %s"
              .formatted(candidate.name(), config.getVowpalWabbit().getArguments(), problem));
    }
  }
}

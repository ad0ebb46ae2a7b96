package io.waggle.app.replay;

import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.LogCounts;
import io.waggle.core.log.LogTally;
import io.waggle.core.log.LoggedDecision;
import io.waggle.v1.JoinedDecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An {@link OpenBanditLog} as decisions joined with their clicks. One thread. */
public final class OpenBanditDecisions implements DecisionLog {
  private final OpenBanditLog log;
  private final LogTally tally = new LogTally();

  private OpenBanditDecisions(OpenBanditLog log) {
    this.log = log;
  }

  /**
   * Opens a log.
   *
   * @param folder {@code DIR/LOG} where the log has one campaign, else {@code DIR/LOG/CAMPAIGN}
   * @throws IllegalArgumentException when it is neither
   */
  public static OpenBanditDecisions open(Path folder, String surface) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    boolean isCampaign = isCampaign(absolute);
    Path ofLog = isCampaign ? parent(absolute) : absolute;
    String log = String.valueOf(ofLog.getFileName());
    OpenBanditLog.Campaign campaign =
        OpenBanditLog.find(
            parent(ofLog), log, isCampaign ? String.valueOf(absolute.getFileName()) : null);
    return new OpenBanditDecisions(OpenBanditLog.open(surface, log, campaign));
  }

  private static boolean isCampaign(Path folder) {
    return Files.exists(folder.resolve("item_context.csv"))
        || Files.exists(folder.resolve("item_context.csv.gz"));
  }

  private static Path parent(Path folder) {
    Path parent = folder.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(folder + ": no folder of a log");
    }
    return parent;
  }

  @Override
  public @Nullable LoggedDecision next() throws IOException {
    while (true) {
      try {
        OpenBanditLog.LoggedRow row = log.next();
        if (row == null) {
          return null;
        }
        tally.decision();
        return new LoggedDecision(
            JoinedDecision.newBuilder()
                .setDecision(row.decision())
                .setReward(row.reward().getValue())
                .setRewardCount(1)
                .setRewardTimeMillis(row.reward().getEventTimeMillis())
                .build());
      } catch (BadRowException e) {
        tally.bad(String.valueOf(e.getMessage()));
      }
    }
  }

  @Override
  public double progress() {
    return log.progress();
  }

  @Override
  public LogCounts counts() {
    return tally.counts();
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}

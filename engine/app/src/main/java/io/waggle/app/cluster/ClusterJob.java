package io.waggle.app.cluster;

import io.waggle.jobs.job.LearningJobMain;
import io.waggle.jobs.job.SessionJobMain;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;
import org.apache.flink.api.common.JobID;

/** The jobs of the cluster, by the mains that a Flink cluster anywhere runs. */
enum ClusterJob {
  SESSION(SessionJobMain.class),
  LEARNING(LearningJobMain.class);

  private final Class<?> main;

  ClusterJob(Class<?> main) {
    this.main = main;
  }

  String main() {
    return main.getName();
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  String configFile() {
    return label() + "-job.yaml";
  }

  /** Never changes, so that its checkpoints are found again. */
  JobID id() {
    UUID id =
        UUID.nameUUIDFromBytes(("waggle/cluster/" + label()).getBytes(StandardCharsets.UTF_8));
    return new JobID(id.getLeastSignificantBits(), id.getMostSignificantBits());
  }
}

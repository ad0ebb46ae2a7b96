package io.waggle.app.cluster;

import io.waggle.server.RankingServiceMain;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;

/**
 * A process of the cluster: what runs in it and how much memory it may take. Their sum, with what a
 * JVM takes beside its heap, stays under 4 GB.
 *
 * @param port where it is found; 0: nowhere
 * @param options of its JVM, beside those that all have
 */
record Member(String name, int port, List<String> options, String main, List<String> arguments) {
  static final String KEEPER = "keeper";
  static final int TASK_MANAGERS = 2;
  static final int SERVICES = 2;

  Member {
    options = List.copyOf(options);
    arguments = List.copyOf(arguments);
  }

  /** All but the keeper, in the order in which they are started. */
  static List<Member> all(ClusterDirectory directory, Ports ports) {
    List<Member> members = new ArrayList<>();
    members.add(
        new Member(
            "kafka",
            ports.kafka(),
            List.of("-Xmx384m"),
            BrokerMain.class.getName(),
            List.of(directory.kafka().toString(), Integer.toString(ports.kafka()))));
    members.add(
        flink(
            directory,
            "jobmanager",
            ports.rest(),
            "-Xmx320m",
            StandaloneSessionClusterEntrypoint.class));
    for (int i = 0; i < TASK_MANAGERS; i++) {
      members.add(
          flink(
              directory,
              "taskmanager-" + (i + 1),
              ports.taskManagerMetrics().get(i),
              "-Xmx384m",
              TaskManagerRunner.class));
    }
    for (int i = 0; i < SERVICES; i++) {
      String name = "service-" + (i + 1);
      members.add(
          new Member(
              name,
              ports.services().get(i),
              List.of(
                  "-Xms384m",
                  "-Xmx384m",
                  "-XX:MaxTenuringThreshold=2",
                  "-Dcom.linecorp.armeria.warnNettyVersions=false"),
              RankingServiceMain.class.getName(),
              List.of("--config", directory.config(name + ".yaml").toString())));
    }
    return members;
  }

  boolean isService() {
    return main.equals(RankingServiceMain.class.getName());
  }

  /** The one that starts the others again. */
  static Member keeper(ClusterDirectory directory) {
    return new Member(
        KEEPER,
        0,
        List.of("-Xmx192m"),
        Keeper.class.getName(),
        List.of(directory.root().toString()));
  }

  private static Member flink(
      ClusterDirectory directory, String name, int port, String heap, Class<?> main) {
    return new Member(
        name,
        port,
        // Flink's off-heap pools are set in its configuration; this is the JVM's bound around them.
        List.of(heap, "-XX:MaxDirectMemorySize=320m"),
        main.getName(),
        List.of("--configDir", directory.config(name).toString()));
  }
}

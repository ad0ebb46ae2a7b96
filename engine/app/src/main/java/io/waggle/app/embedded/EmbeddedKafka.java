package io.waggle.app.embedded;

import io.waggle.state.topic.TopicSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * A real single-node Kafka broker (KRaft, broker and controller in one) inside this JVM, bound to
 * the loopback interface. Its data directory survives a restart, a kill included: listeners and the
 * quorum's voter are configuration, so the ports may differ from start to start.
 *
 * <p>Starting takes about two seconds; {@link #close} waits until the broker has stopped. Start and
 * close from one thread. A fatal fault inside the broker halts the JVM, as it would a broker's own.
 */
public final class EmbeddedKafka implements AutoCloseable {
  /** Largest record the broker takes, bytes: a decision of the largest request, and to spare. */
  public static final int RECORD_BYTES_MAX = TopicSettings.RECORD_BYTES_MAX;

  private static final int NODE_ID = 1;

  private final KafkaRaftServer server;
  private final String bootstrapServers;

  private EmbeddedKafka(KafkaRaftServer server, String bootstrapServers) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /** Starts on a free port over the directory, which is created and formatted where needed. */
  public static EmbeddedKafka start(Path directory) {
    return start(directory, 0);
  }

  /**
   * Starts over the directory, which is created and formatted where needed.
   *
   * @param port of the broker on 127.0.0.1; 0: any free one
   */
  public static EmbeddedKafka start(Path directory, int port) {
    Path logs = directory.toAbsolutePath().normalize();
    format(logs);
    int brokerPort = port == 0 ? FreePort.any() : port;
    // The quorum's voters are configuration, so the controller's port must be known beforehand.
    return start(settings(logs, brokerPort, FreePort.any()), brokerPort);
  }

  /**
   * The same with one more listener, for clients that come with TLS or credentials.
   *
   * @param guardedPort of that listener on 127.0.0.1
   * @param protocol Kafka's name of it, as {@code SASL_SSL}
   * @param more settings of the broker beside
   */
  static EmbeddedKafka startGuarded(
      Path directory, int guardedPort, String protocol, Map<String, String> more) {
    Path logs = directory.toAbsolutePath().normalize();
    format(logs);
    int brokerPort = FreePort.any();
    Properties settings = settings(logs, brokerPort, FreePort.any());
    String listener = ",GUARDED://127.0.0.1:" + guardedPort;
    settings.merge("listeners", listener, (one, other) -> one.toString() + other);
    settings.merge("advertised.listeners", listener, (one, other) -> one.toString() + other);
    settings.merge(
        "listener.security.protocol.map",
        ",GUARDED:" + protocol,
        (one, other) -> one.toString() + other);
    settings.putAll(more);
    return start(settings, brokerPort);
  }

  private static EmbeddedKafka start(Properties settings, int brokerPort) {
    KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
    server.startup();
    return new EmbeddedKafka(server, "127.0.0.1:" + brokerPort);
  }

  /** What a client connects to, as {@code host:port}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void format(Path logs) {
    try {
      Files.createDirectories(logs);
      if (Files.exists(logs.resolve("meta.properties"))) {
        return;
      }
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setNodeId(NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(logs.toString())
          .addDirectory(logs.toString())
          .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
          .run();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot format the Kafka directory " + logs, e);
    } catch (Exception e) {
      throw new IllegalStateException("cannot format the Kafka directory " + logs, e);
    }
  }

  private static Properties settings(Path logs, int brokerPort, int controllerPort) {
    Properties settings = new Properties();
    settings.setProperty("process.roles", "broker,controller");
    settings.setProperty("node.id", Integer.toString(NODE_ID));
    settings.setProperty("log.dirs", logs.toString());
    listeners(settings, brokerPort, controllerPort);
    oneNode(settings);
    smallFootprint(settings);
    settings.setProperty("auto.create.topics.enable", "false");
    settings.setProperty("message.max.bytes", Integer.toString(RECORD_BYTES_MAX));
    settings.setProperty("socket.request.max.bytes", Integer.toString(4 * RECORD_BYTES_MAX));
    // After a kill the controller still believes in the old broker's session and refuses the new
    // one until it ends, so this is the longest that a restart has to wait.
    settings.setProperty("broker.session.timeout.ms", "3000");
    settings.setProperty("broker.heartbeat.interval.ms", "500");
    settings.setProperty("initial.broker.registration.timeout.ms", "60000");
    // There is no other broker to hand leadership to.
    settings.setProperty("controlled.shutdown.enable", "false");
    return settings;
  }

  private static void listeners(Properties settings, int brokerPort, int controllerPort) {
    String broker = "PLAINTEXT://127.0.0.1:" + brokerPort;
    String controller = "127.0.0.1:" + controllerPort;
    settings.setProperty("listeners", broker + ",CONTROLLER://" + controller);
    settings.setProperty("advertised.listeners", broker);
    settings.setProperty("controller.quorum.voters", NODE_ID + "@" + controller);
    settings.setProperty("controller.listener.names", "CONTROLLER");
    settings.setProperty("inter.broker.listener.name", "PLAINTEXT");
    settings.setProperty(
        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
  }

  private static void oneNode(Properties settings) {
    settings.setProperty("default.replication.factor", "1");
    settings.setProperty("min.insync.replicas", "1");
    settings.setProperty("offsets.topic.replication.factor", "1");
    settings.setProperty("offsets.topic.num.partitions", "1");
    settings.setProperty("transaction.state.log.replication.factor", "1");
    settings.setProperty("transaction.state.log.min.isr", "1");
    settings.setProperty("transaction.state.log.num.partitions", "1");
    settings.setProperty("share.coordinator.state.topic.replication.factor", "1");
    settings.setProperty("share.coordinator.state.topic.min.isr", "1");
    settings.setProperty("share.coordinator.state.topic.num.partitions", "1");
    settings.setProperty("group.initial.rebalance.delay.ms", "0");
  }

  private static void smallFootprint(Properties settings) {
    settings.setProperty("num.network.threads", "1");
    settings.setProperty("num.io.threads", "2");
    settings.setProperty("background.threads", "2");
    settings.setProperty("num.recovery.threads.per.data.dir", "1");
    settings.setProperty("log.cleaner.threads", "1");
    settings.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    settings.setProperty("log.cleaner.backoff.ms", "5000");
    settings.setProperty("log.index.size.max.bytes", Integer.toString(1 << 20));
    settings.setProperty("log.retention.check.interval.ms", "60000");
    settings.setProperty("metadata.log.segment.bytes", Integer.toString(8 << 20));
    settings.setProperty("metadata.max.retention.bytes", Integer.toString(32 << 20));
  }
}

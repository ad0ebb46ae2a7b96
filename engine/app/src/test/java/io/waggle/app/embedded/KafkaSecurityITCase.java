package io.waggle.app.embedded;

import static io.waggle.app.embedded.Await.PATIENCE;
import static io.waggle.app.embedded.Await.await;
import static io.waggle.app.embedded.Await.awaitEmpty;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.waggle.app.Waggle;
import io.waggle.core.config.KafkaConnection;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.history.KafkaPastExamples;
import io.waggle.jobs.history.PastExamples;
import io.waggle.jobs.job.LearningJob;
import io.waggle.jobs.job.LearningJobMain;
import io.waggle.jobs.job.SessionJobMain;
import io.waggle.server.RankingServer;
import io.waggle.server.ServerSettings;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.FeedbackServiceGrpc;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.RewardRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A real broker that wants TLS and a password, and everything of ours that connects to it. */
@Timeout(180)
final class KafkaSecurityITCase {
  private static final String PASSWORD = "hive-7301";
  private static final String OTHER = "hive-9120";
  private static final String WRONG = "wasp-4410";
  private static final String ACCOUNT = "drone";
  private static final ScramCredentialInfo SCRAM_256 =
      new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096);
  private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule";
  private static final String HOME =
      """
      name: home
      livePolicy: uniform
      policies:
        - name: uniform
          uniform: {}
      reward:
        wait: 1s
      """;
  private static final Surfaces SURFACES =
      new Surfaces(List.of(Surface.of(SurfaceFiles.parse(HOME))));

  @TempDir private static Path directory;
  private static EmbeddedKafka kafka;
  private static String address;
  private static Path good;
  private static Path wrong;

  @BeforeAll
  static void start() throws Exception {
    Path keys = directory.resolve("broker.p12");
    Path certificate = directory.resolve("broker.pem");
    keytool(
        "-genkeypair -alias broker -keyalg EC -dname CN=broker -ext san=ip:127.0.0.1 -validity 2"
            + " -storetype PKCS12 -storepass "
            + PASSWORD,
        keys);
    keytool(
        "-exportcert -rfc -alias broker -storepass " + PASSWORD + " -file " + certificate, keys);
    int port = FreePort.any();
    address = "127.0.0.1:" + port;
    kafka =
        EmbeddedKafka.startGuarded(
            directory.resolve("kafka"),
            port,
            "SASL_SSL",
            Map.of(
                "listener.name.guarded.sasl.enabled.mechanisms",
                "PLAIN,SCRAM-SHA-256",
                "listener.name.guarded.scram-sha-256.sasl.jaas.config",
                SCRAM + " required;",
                // Who is connected has to show the password again so often.
                "listener.name.guarded.scram-sha-256.connections.max.reauth.ms",
                "2000",
                "listener.name.guarded.plain.sasl.jaas.config",
                login("required user_waggle=\"%s\"".formatted(PASSWORD)),
                "listener.name.guarded.ssl.keystore.location",
                keys.toString(),
                "listener.name.guarded.ssl.keystore.password",
                PASSWORD,
                "listener.name.guarded.ssl.keystore.type",
                "PKCS12"));
    good = clientFile("good.properties", PASSWORD, certificate);
    wrong = clientFile("wrong.properties", WRONG, certificate);
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  /**
   * Job and service run while the account is taken away, and come back with another password: the
   * job by itself, as its tasks read the file anew, the service with its next start.
   */
  @Test
  void whatRunsWorksThroughTlsWithAPasswordAndOutlivesItsChange() throws Exception {
    assertThat(topics(good, "create", 0)).contains("created: ");
    assertThat(topics(good, "check", 0)).contains("all as they should be");
    Path changing = scramFile(PASSWORD);
    account(new UserScramCredentialUpsertion(ACCOUNT, SCRAM_256, PASSWORD));
    KafkaConnection connection = KafkaConnection.of(address, changing);
    EmbeddedFlink.Job learning =
        new EmbeddedFlink.Job(
            "learning",
            1,
            (environment, settings, surfaces) ->
                LearningJob.define(environment, settings.withKafka(connection), surfaces));
    try (EmbeddedFlink job =
        EmbeddedFlink.start(
            address,
            directory.resolve("flink"),
            directory.resolve("registry"),
            null,
            SURFACES,
            List.of(learning))) {
      try (RankingServer service = service(connection, "views")) {
        assertThat(service.awaitReady(PATIENCE)).as("%s", service.missing()).isTrue();
        rank(service.port());
        awaitEvaluation(KafkaConnection.of(address, good), 1);

        account(new UserScramCredentialDeletion(ACCOUNT, ScramMechanism.SCRAM_SHA_256));

        await("each view says that it is cut off", () -> unreached(service.port()) == 7);
        await("the job restarts", () -> restarts(job.metricsPort()) >= 3);
        rank(service.port());
        assertThat(service.ready()).as("ranks with what it knows").isTrue();
        assertThatThrownBy(() -> reward(service.port()))
            .isInstanceOf(StatusRuntimeException.class)
            .hasMessageStartingWith("UNAVAILABLE");
        assertThat(service.figures().decisionsPending()).isEqualTo(1);
        assertThat(job.failure()).isNotDone();
      }

      var unused = scramFile(OTHER);
      account(new UserScramCredentialUpsertion(ACCOUNT, SCRAM_256, OTHER));
      try (RankingServer service = service(connection, "views")) {
        assertThat(service.awaitReady(PATIENCE)).as("%s", service.missing()).isTrue();
        awaitEvaluation(KafkaConnection.of(address, good), 2);
        assertThat(service.figures().decisionsPending()).isZero();
      }
    }
  }

  /** Through the listener that wants no password, as an administrator would. */
  private static void account(UserScramCredentialAlteration change) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.alterUserScramCredentials(List.of(change)).all().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aWrongPasswordIsToldByTheKeyAndNotShown() throws Exception {
    String said =
        "kafkaClientFile: %s (expected: what the brokers at %s take, who say: Authentication failed"
            .formatted(wrong, address);

    assertThat(topics(wrong, "check", 1)).contains(said).doesNotContain(WRONG);
    try (RankingServer service = service(KafkaConnection.of(address, wrong), "refused")) {
      awaitEmpty(() -> service.missing().toString().contains(said) ? List.of() : service.missing());
      assertThat(service.ready()).isFalse();
      assertThat(service.missing().toString()).contains(said).doesNotContain(WRONG);
    }
  }

  /** As on a cluster: the main ends before anything is started, and says one line. */
  @Test
  void aJobWithAWrongPasswordDoesNotStartAndNamesTheFile() throws Exception {
    Path surface = Files.writeString(directory.resolve("home.yaml"), HOME);
    Path config =
        Files.writeString(
            directory.resolve("learning-job.yaml"),
            """
            bootstrapServers: %s
            kafkaClientFile: %s
            surfaces: %s
            checkpointDirectory: %s
            """
                .formatted(address, wrong, surface, directory.resolve("none").toUri()));
    String[] arguments = {"--config", config.toString()};

    for (ThrowingCallable main :
        List.<ThrowingCallable>of(
            () -> LearningJobMain.main(arguments), () -> SessionJobMain.main(arguments))) {
      assertThatThrownBy(main)
          .isInstanceOf(IllegalArgumentException.class)
          .hasNoCause()
          .hasMessageStartingWith(
              "kafkaClientFile: %s (expected: what the brokers at %s take, who say: Authentication"
                      .formatted(wrong, address)
                  + " failed")
          .hasMessageNotContaining(WRONG);
    }
  }

  /** It is the broker's certificate that is not trusted: another authority's. */
  @Test
  void aCertificateThatIsNotTrustedIsToldByTheFile() throws Exception {
    Path keys = directory.resolve("other.p12");
    Path other = directory.resolve("other.pem");
    keytool(
        "-genkeypair -alias other -keyalg EC -dname CN=other -validity 2 -storetype PKCS12"
            + " -storepass "
            + PASSWORD,
        keys);
    keytool("-exportcert -rfc -alias other -storepass " + PASSWORD + " -file " + other, keys);
    Path distrusting = clientFile("distrusting.properties", PASSWORD, other);

    assertThat(topics(distrusting, "check", 1))
        .contains("kafkaClientFile: " + distrusting + " (expected: what the brokers at")
        .contains("SSL handshake failed");
  }

  @Test
  void aRebuildWithAWrongPasswordIsToldByTheFile() {
    PastExamples examples = new KafkaPastExamples(KafkaConnection.of(address, wrong));

    assertThatThrownBy(() -> examples.open("home", 0, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("kafkaClientFile: " + wrong + " (expected: what the brokers at")
        .hasMessageNotContaining(WRONG);
  }

  private static RankingServer service(KafkaConnection connection, String views) {
    return RankingServer.start(
        ServerSettings.of("127.0.0.1", 0, address, directory.resolve(views)).withKafka(connection),
        SURFACES);
  }

  private static void rank(int port) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      var unused =
          RankingServiceGrpc.newBlockingStub(channel)
              .rank(
                  RankRequest.newBuilder()
                      .setSurface("home")
                      .setUserId("ann")
                      .addActions(Action.newBuilder().setId("a"))
                      .addActions(Action.newBuilder().setId("b"))
                      .build());
    } finally {
      channel.shutdownNow();
    }
  }

  private static void reward(int port) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      var unused =
          FeedbackServiceGrpc.newBlockingStub(channel)
              .reward(
                  RewardRequest.newBuilder()
                      .setSurface("home")
                      .setDecisionId("any")
                      .setValue(1)
                      .build());
    } finally {
      channel.shutdownNow();
    }
  }

  /** How many views have not reached the brokers. */
  private static long unreached(int port) {
    return scrape(port)
        .filter(line -> line.startsWith("waggle_view_unreached_seconds"))
        .filter(line -> !line.endsWith(" 0.0"))
        .count();
  }

  /** How often the job was restarted. */
  private static double restarts(int port) {
    return scrape(port)
        .filter(line -> line.startsWith("flink_jobmanager_job_numRestarts"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static Stream<String> scrape(int port) {
    try (InputStream metrics =
        URI.create("http://127.0.0.1:" + port + "/metrics").toURL().openStream()) {
      return new String(metrics.readAllBytes(), StandardCharsets.UTF_8).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the job says that it has evaluated over so many decisions. */
  private static void awaitEvaluation(KafkaConnection connection, long decisions) throws Exception {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            connection.client(Map.of("auto.offset.reset", "earliest")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(new TopicPartition(Topics.EVALUATIONS, 0)));
      long last = 0;
      long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
      while (System.nanoTime() < deadlineNanos) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          last = PolicyEvaluation.parseFrom(record.value()).getCount();
        }
        if (last >= decisions) {
          assertThat(last).isEqualTo(decisions);
          return;
        }
      }
      throw new AssertionError("evaluated over %d decisions, not %d".formatted(last, decisions));
    }
  }

  /** What the command said. */
  private static String topics(Path clientFile, String command, int exit) {
    StringWriter said = new StringWriter();
    CommandLine commandLine = Waggle.commandLine();
    commandLine.setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
    int code =
        commandLine.execute(
            "topics",
            command,
            "--bootstrap",
            address,
            "--kafka-client-file",
            clientFile.toString(),
            "--partitions=1",
            "--replicas=1",
            "--min-in-sync=1");
    assertThat(code).as("%s", said).isEqualTo(exit);
    return said.toString();
  }

  private static Path clientFile(String name, String password, Path certificate)
      throws IOException {
    return Files.writeString(
        directory.resolve(name),
        """
        security.protocol=SASL_SSL
        sasl.mechanism=PLAIN
        sasl.jaas.config=%s
        ssl.truststore.type=PEM
        ssl.truststore.location=%s
        """
            .formatted(
                login("required username=\"waggle\" password=\"%s\"".formatted(password)),
                certificate));
  }

  /** A client file of the account that may be taken away, in place of the one before. */
  private static Path scramFile(String password) throws IOException {
    return Files.writeString(
        directory.resolve("changing.properties"),
        """
        security.protocol=SASL_SSL
        sasl.mechanism=SCRAM-SHA-256
        sasl.jaas.config=%s required username="%s" password="%s";
        ssl.truststore.type=PEM
        ssl.truststore.location=%s
        """
            .formatted(SCRAM, ACCOUNT, password, directory.resolve("broker.pem")));
  }

  private static String login(String options) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule " + options + ";";
  }

  private static void keytool(String arguments, Path keystore) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of("-keystore", keystore.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    assertThat(process.waitFor())
        .as("keytool: %s", Files.readString(directory.resolve("keytool.log")))
        .isZero();
  }
}

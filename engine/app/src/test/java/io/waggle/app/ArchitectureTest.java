package io.waggle.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/**
 * The tables of docs/architecture.md: which module and package may see what. No exceptions so far.
 */
@AnalyzeClasses(packages = "io.waggle", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String PROTO = "io.waggle.v1..";
  private static final String STATE = "io.waggle.state..";
  private static final String CORE = "io.waggle.core..";
  private static final String JOBS = "io.waggle.jobs..";
  private static final String SERVER = "io.waggle.server..";
  private static final String APP = "io.waggle.app..";
  private static final String FLINK = "org.apache.flink..";
  private static final String KAFKA = "org.apache.kafka..";
  private static final String GRPC = "io.grpc..";
  private static final String ARMERIA = "com.linecorp.armeria..";
  private static final String VOWPAL_WABBIT = "vowpalWabbit..";
  private static final String ROCKSDB = "org.rocksdb..";

  @ArchTest
  static final ArchRule contractsSeeNothingOfOurs =
      noClasses()
          .that()
          .resideInAPackage(PROTO)
          .should()
          .dependOnClassesThat(ours().and(not(PROTO)));

  @ArchTest
  static final ArchRule stateSeesOnlyContracts =
      noClasses()
          .that()
          .resideInAPackage(STATE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CORE, JOBS, SERVER, APP, KAFKA, GRPC, "org.apache.flink.runtime..");

  @ArchTest
  static final ArchRule flinkInStateIsTheSerializersAlone =
      noClasses()
          .that()
          .resideInAPackage(STATE)
          .and()
          .resideOutsideOfPackage("io.waggle.state.serializer..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(FLINK);

  @ArchTest
  static final ArchRule rocksDbOfOursIsTheViewsAlone =
      noClasses()
          .that()
          .resideInAPackage("io.waggle..")
          .and()
          .resideOutsideOfPackage("io.waggle.state.view..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROCKSDB);

  @ArchTest
  static final ArchRule coreSeesNoPlatform =
      noClasses()
          .that()
          .resideInAPackage(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(JOBS, SERVER, APP, FLINK, KAFKA, GRPC, ARMERIA);

  @ArchTest
  static final ArchRule learnerLibraryIsTheModelPackagesAlone =
      noClasses()
          .that()
          .resideInAPackage("io.waggle..")
          .and()
          .resideOutsideOfPackage("io.waggle.core.model..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(VOWPAL_WABBIT);

  @ArchTest
  static final ArchRule jobsSeeNoServer =
      noClasses()
          .that()
          .resideInAPackage(JOBS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SERVER, APP, GRPC, ARMERIA);

  @ArchTest
  static final ArchRule serverSeesNoFlink =
      noClasses()
          .that()
          .resideInAPackage(SERVER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(JOBS, APP, FLINK);

  @ArchTest
  static final ArchRule featuresStandAlone = onlyOurs("feature", "io.waggle.core.feature..");

  @ArchTest
  static final ArchRule declaredFeaturesSeeFeatures =
      onlyOurs("declared", "io.waggle.core.declared..", "io.waggle.core.feature..");

  @ArchTest
  static final ArchRule suggestionsSeeDeclarations =
      onlyOurs(
          "suggest",
          "io.waggle.core.suggest..",
          "io.waggle.core.declared..",
          "io.waggle.core.score..");

  @ArchTest
  static final ArchRule policiesSeeFeatures =
      onlyOurs("policy", "io.waggle.core.policy..", "io.waggle.core.feature..");

  @ArchTest
  static final ArchRule constraintsSeeFeaturesAndPolicies =
      onlyOurs(
          "constraint",
          "io.waggle.core.constraint..",
          "io.waggle.core.feature..",
          "io.waggle.core.policy..");

  @ArchTest
  static final ArchRule modelsSeeFeaturesAndPolicies =
      onlyOurs(
          "model",
          "io.waggle.core.model..",
          "io.waggle.core.codec..",
          "io.waggle.core.feature..",
          "io.waggle.core.policy..",
          "io.waggle.core.rule..",
          "io.waggle.core.score..");

  @ArchTest
  static final ArchRule scoresSeeModelsBytesAndFeatures =
      onlyOurs(
          "score",
          "io.waggle.core.score..",
          "io.waggle.core.codec..",
          "io.waggle.core.feature..",
          "io.waggle.core.policy..");

  @ArchTest static final ArchRule theCodecStandsAlone = onlyOurs("codec", "io.waggle.core.codec..");

  @ArchTest
  static final ArchRule estimatorsStandAlone =
      onlyOurs("evaluate", "io.waggle.core.evaluate..", "io.waggle.core.feature..");

  @ArchTest
  static final ArchRule evaluationOnLogsSeesWhatItTakes =
      onlyOurs(
          "offline",
          "io.waggle.core.offline..",
          "io.waggle.core.constraint..",
          "io.waggle.core.evaluate..",
          "io.waggle.core.feature..",
          "io.waggle.core.log..",
          "io.waggle.core.model..",
          "io.waggle.core.policy..");

  @ArchTest
  static final ArchRule logsSeeRulesAndFeatures =
      onlyOurs("log", "io.waggle.core.log..", "io.waggle.core.rule..", "io.waggle.core.feature..");

  @ArchTest
  static final ArchRule parquetSeesLogsFeaturesAndFactors =
      onlyOurs(
          "parquet",
          "io.waggle.core.parquet..",
          "io.waggle.core.constraint..",
          "io.waggle.core.log..",
          "io.waggle.core.feature..");

  @ArchTest
  static final ArchRule parquetIsOnePackageAlone =
      noClasses()
          .that()
          .resideInAPackage("io.waggle..")
          .and()
          .resideOutsideOfPackage("io.waggle.core.parquet..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.parquet..", "org.apache.hadoop..");

  @ArchTest static final ArchRule rulesStandAlone = onlyOurs("rule", "io.waggle.core.rule..");

  @ArchTest
  static final ArchRule topologiesAreBuiltInOnePlace =
      noClasses()
          .that()
          .resideInAPackage(JOBS)
          .and()
          .resideOutsideOfPackage("io.waggle.jobs.job..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.flink.streaming.api.environment..");

  @ArchTest
  static final ArchRule noPackageCycles =
      slices().matching("io.waggle.(*).(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule everyPackageIsNullMarked =
      classes()
          .that(ours().and(not(PROTO)))
          .should(
              new ArchCondition<>("live in a package that is @NullMarked") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                  boolean marked = item.getPackage().isAnnotatedWith(NullMarked.class);
                  events.add(
                      new SimpleConditionEvent(
                          item, marked, item.getName() + " is in " + item.getPackageName()));
                }
              });

  @ArchTest
  static final ArchRule noDrawersForEverything =
      noClasses()
          .that()
          .haveSimpleNameNotEndingWith("Test")
          .should()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils");

  @ArchTest
  static final ArchRule classesAreFinalUnlessMeantToBeExtended =
      classes()
          .that(ours().and(not(PROTO)))
          .and()
          .areNotInterfaces()
          .and()
          .areNotEnums()
          .and()
          .areNotAnonymousClasses()
          .should()
          .haveModifier(JavaModifier.FINAL)
          .orShould()
          .haveModifier(JavaModifier.ABSTRACT);

  private static ArchRule onlyOurs(String name, String self, String... others) {
    String[] allowed = new String[others.length + 3];
    allowed[0] = PROTO;
    allowed[1] = STATE;
    allowed[2] = self;
    System.arraycopy(others, 0, allowed, 3, others.length);
    return noClasses()
        .that()
        .resideInAPackage(self)
        .should()
        .dependOnClassesThat(
            ours().and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(allowed))))
        .as("core." + name + " sees only what the table allows");
  }

  private static DescribedPredicate<JavaClass> ours() {
    return JavaClass.Predicates.resideInAPackage("io.waggle..");
  }

  private static DescribedPredicate<JavaClass> not(String packages) {
    return DescribedPredicate.not(JavaClass.Predicates.resideInAPackage(packages));
  }
}

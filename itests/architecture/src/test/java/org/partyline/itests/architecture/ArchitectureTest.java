package org.partyline.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Checks the code of all bundles against the rules of docs/architecture.md. */
class ArchitectureTest {
    private static final Path BUNDLES = Path.of("..", "..", "bundles");
    private static final String SPI = "api-spi";
    private static final String APP = "api-app";
    private static final String INNER = "api-messaging";

    /** The floors that each floor may use besides itself. Each API bundle is a floor. */
    private static final Map<String, Set<String>> BELOW = Map.ofEntries(
            Map.entry("api-spi", Set.of()),
            Map.entry("api-app", Set.of(SPI)),
            Map.entry("api-messaging", Set.of(SPI, APP)),
            Map.entry("crypto", Set.of(SPI)),
            Map.entry("protocol", Set.of(SPI)),
            Map.entry("storage", Set.of(SPI)),
            Map.entry("network", Set.of(SPI)),
            Map.entry("messaging", Set.of(SPI, APP, INNER)),
            Map.entry("operations", Set.of(SPI, APP)),
            Map.entry("console", Set.of(SPI, APP)),
            Map.entry("web", Set.of(SPI, APP)),
            Map.entry("testkit", Set.of(SPI, APP, INNER, "network")));

    /** Bundles of the lower floors that call, or provide, services that a console calls, and why. */
    private static final Map<String, String> CALLERS = Map.of(
            "secrets-unlock", "opens the store in place of an operator, by the same service",
            "nodes", "offers the nodes to consoles as it does to bundles: it is who adds, removes and pauses them");

    /** Bundles whose classes others use, and why. */
    private static final Map<String, String> SHARED = Map.of(
            "api-spi", "the interfaces and value types that all share",
            "api-app", "the interfaces and value types that the callers of the server share",
            "api-messaging",
                    "the state in memory, stored records and stages' interfaces that the bundles of messaging share",
            "bitcoin-tx", "one reader of raw transactions for all transports, and for their tests",
            "bitcoin-signer", "one signer for all wallets",
            "shell", "what bundles implement that have commands of their own: it exports nothing else",
            "console-line", "one grammar for every console: it has no interface of its own yet",
            "testkit", "what the tests of several bundles share");

    private static final int MOST_PARAMETERS = 8;
    /** Classes with more constructor parameters, and why. A record's are the fields of a value. */
    private static final Map<String, String> WIDE =
            Map.of("org.partyline.transportrpc.RpcClient", "the settings of a connection");

    private static final int MOST_IN_STAGES = 6;
    /** Messaging classes with more constructor parameters, by their kind: each argument is one thing that they use. */
    private static final Map<String, List<String>> WIDE_IN_STAGES = Map.of(
            "the fields of a value", List.of("PersonaKeys", "StoreCarrierTransaction"),
            "what every stage is made with, and what opens and locks it",
                    List.of("StateServices", "StateKeeper", "VaultService"),
            "what a carrier sees of the server", List.of("CarrierWork", "StageCarrierContext"),
            "the steps of one piece of work, each a class",
                    List.of(
                            "Batcher",
                            "ContactsState",
                            "Dispatcher",
                            "InboundQueue",
                            "MessageExpiry",
                            "MessageService",
                            "MessageSteps",
                            "MessageWriter",
                            "Recogniser",
                            "SealTiming",
                            "Sender"),
            "a command that changes things of several stages",
                    List.of(
                            "BackupService",
                            "ChannelEntry",
                            "ChannelService",
                            "ContactService",
                            "ConversationService",
                            "PersonaRotation",
                            "PersonaService",
                            "RemarkQueue",
                            "Remarks"),
            "a step that a node, a wallet, a price and the outbox take part in",
                    List.of(
                            "CoverRounds",
                            "Decoys",
                            "NewMessages",
                            "PacketPayment",
                            "PacketReplacement",
                            "SendEstimate",
                            "StoredInbox",
                            "StoredOutbox"),
            "packets or keys, which several services of the protocol make or open",
                    List.of(
                            "ChainPackets",
                            "ChannelRoots",
                            "HandshakeCoordinator",
                            "InboxPackets",
                            "Inspector",
                            "LegacyPackets",
                            "PostQuantumExchange",
                            "SealedPackets",
                            "SessionControlSender",
                            "SessionKeyUpdates",
                            "StoredPersonaKeys"));

    private static final String VAULT = "org.partyline.vault.VaultComponent";
    /** Replaces the state and the vault in unit tests. */
    private static final String BENCH = "org.partyline.testkit.messaging.StageBench";

    private static final String KERNEL = "org.partyline.messaging.state.";
    private static final String SERVICES = KERNEL + "StateServices";
    private static final String STATE = "org.partyline.state.StateComponent";
    /** Connects stages in unit tests. */
    private static final String WIRING = "org.partyline.testkit.messaging.Wiring";

    private static final String GUARD = KERNEL + "StateGuard";
    private static final String STORE = "org.partyline.api.store.Store";

    /** The objects that the server distributes one by one. */
    private static final Set<String> SHARED_OUT = Set.of(
            STORE,
            GUARD,
            KERNEL + "Operations",
            KERNEL + "Protocols",
            KERNEL + "Bus",
            KERNEL + "EventHub",
            KERNEL + "SecurityLog",
            KERNEL + "Notices",
            KERNEL + "Meter",
            "org.partyline.api.settings.OperatorSettings",
            "java.time.Clock",
            "java.security.SecureRandom");

    /** The maximum number of these in one object: those that are notified of events. */
    private static final int MOST_SHARED_OUT = 3;

    /** The parts of the state in memory. */
    private static final Set<String> PARTS = Set.of(
            "org.partyline.messaging.conversation.People",
            "org.partyline.messaging.conversation.ConversationSummaries",
            "org.partyline.messaging.recognition.Recognition");

    /** Stage classes that need more of the store than transactions, and why. */
    private static final Map<String, String> WHOLE_STORE = Map.of(
            "org.partyline.receive.PacketWriter", "collects packets while the store is locked",
            "org.partyline.receive.ScanPosition", "notes beside the store what was read while it is locked",
            "org.partyline.receive.Rereading", "notes beside the store what is to be read again",
            "org.partyline.receive.Reorganisation", "notes beside the store which blocks are gone",
            "org.partyline.backup.SealedBackups", "copies the whole store",
            "org.partyline.backup.KnownBackups", "notes beside the store where copies of it are");

    /** A bundle's floor, name and code. */
    private record Bundle(String floor, String name, JavaClasses classes) {}

    private static List<Bundle> bundles;
    private static Map<String, Bundle> owners;

    @BeforeAll
    static void read() throws IOException {
        bundles = new ArrayList<>();
        owners = new HashMap<>();
        for (Path floor : folders(BUNDLES)) {
            for (Path bundle : folders(floor)) {
                if (!Files.exists(bundle.resolve("src/main/java"))) {
                    // A repackaged library.
                    continue;
                }
                JavaClasses classes = new ClassFileImporter().importPath(bundle.resolve("target/classes"));
                String name = bundle.getFileName().toString();
                Bundle known = new Bundle(
                        BELOW.containsKey(name) ? name : floor.getFileName().toString(), name, classes);
                assertFalse(classes.isEmpty(), () -> known.name() + " is not built");
                bundles.add(known);
                classes.forEach(one -> owners.put(one.getName(), known));
            }
        }
    }

    private static List<Path> folders(Path in) throws IOException {
        try (Stream<Path> all = Files.list(in)) {
            return all.filter(Files::isDirectory)
                    .filter(one -> !one.getFileName().toString().equals("target"))
                    .sorted()
                    .toList();
        }
    }

    /** Declarative Services passes the changed service; it never calls a method without parameters. */
    @Test
    void everyMethodThatIsToldOfAChangedServiceTakesIt() {
        Set<String> wrong = new TreeSet<>();
        Set<String> told = new TreeSet<>();
        owners.forEach((name, bundle) -> {
            JavaClass one = bundle.classes().get(name);
            one.getMethods().stream()
                    .flatMap(method -> method
                            .tryGetAnnotationOfType("org.osgi.service.component.annotations.Reference")
                            .flatMap(reference -> reference.get("updated"))
                            .stream())
                    .forEach(updated -> {
                        told.add(name + "." + updated);
                        if (one.getMethods().stream()
                                .noneMatch(method -> method.getName().equals(updated)
                                        && !method.getRawParameterTypes().isEmpty())) {
                            wrong.add(name + "." + updated);
                        }
                    });
        });
        assertFalse(told.isEmpty());
        assertEquals(Set.of(), wrong);
    }

    @Test
    void everyFloorHasItsRule() {
        assertEquals(
                new TreeSet<>(BELOW.keySet()),
                bundles.stream().map(Bundle::floor).collect(Collectors.toCollection(TreeSet::new)));
    }

    /** A bundle with another name does not count as ours: it is not watched, and nobody reports that it is stopped. */
    @Test
    void everyBundleIsCalledAfterItsFolder() throws IOException {
        for (Bundle bundle : bundles) {
            if (bundle.floor().equals("testkit")) {
                continue;
            }
            Path instructions =
                    BUNDLES.resolve(folder(bundle)).resolve(bundle.name()).resolve("bnd.bnd");
            assertTrue(
                    Files.exists(instructions)
                            && Files.readAllLines(instructions)
                                    .contains("Bundle-SymbolicName: org.partyline." + bundle.name()),
                    () -> bundle.name() + " has no Bundle-SymbolicName: org.partyline." + bundle.name()
                            + " in bnd.bnd");
        }
    }

    /** Each API bundle is a floor, and all are in one folder. */
    private static String folder(Bundle bundle) {
        return Set.of(SPI, APP, INNER).contains(bundle.floor()) ? "api" : bundle.floor();
    }

    @Test
    void floorsUseLowerFloorsOnly() {
        assertEquals(
                Set.of(),
                uses((from, to) -> !from.floor().equals(to.floor())
                        && !BELOW.get(from.floor()).contains(to.floor())
                        && !(to.floor().equals(APP) && CALLERS.containsKey(from.name()))));
    }

    @Test
    void everyCallerCalls() {
        for (String caller : CALLERS.keySet()) {
            assertFalse(
                    uses((from, to) -> from.name().equals(caller) && to.floor().equals(APP))
                            .isEmpty(),
                    caller);
        }
    }

    @Test
    void noPackageIsInTwoBundles() {
        Map<String, Set<String>> places = new TreeMap<>();
        owners.forEach(
                (one, bundle) -> places.computeIfAbsent(one.substring(0, one.lastIndexOf('.')), none -> new TreeSet<>())
                        .add(bundle.name()));
        places.values().removeIf(in -> in.size() == 1);
        assertEquals(Map.of(), places);
    }

    @Test
    void noBundleUsesTheClassesOfAnother() {
        assertEquals(Set.of(), uses((from, to) -> from != to && !SHARED.containsKey(to.name())));
    }

    @Test
    void everyExceptionIsNeeded() {
        for (String shared : SHARED.keySet()) {
            assertFalse(
                    uses((from, to) -> from != to && to.name().equals(shared)).isEmpty(), shared);
        }
    }

    /**
     * This determines the versions after a new method: a new minor version if we implement it, a new major version if
     * others do.
     */
    @Test
    void everyInterfaceOfTheApiSaysWhoImplementsIt() {
        Set<String> silent = new TreeSet<>();
        for (Bundle bundle : bundles) {
            for (JavaClass one : bundle.classes()) {
                boolean says = one.isAnnotatedWith("org.osgi.annotation.versioning.ConsumerType")
                        || one.isAnnotatedWith("org.osgi.annotation.versioning.ProviderType");
                if (Set.of(SPI, APP).contains(bundle.floor()) && one.isInterface() && !one.isAnnotation() && !says) {
                    silent.add(one.getName());
                }
            }
        }
        silent.removeIf(name -> name.endsWith("package-info"));
        assertEquals(Set.of(), silent);
    }

    @Test
    void thePackagesOfABundleAreFreeOfCycles() {
        for (Bundle bundle : bundles) {
            SlicesRuleDefinition.slices()
                    .matching("org.partyline.(**)")
                    .should()
                    .beFreeOfCycles()
                    .as(bundle.name() + ": packages free of cycles")
                    .allowEmptyShould(true)
                    .check(bundle.classes());
        }
    }

    /** A class with its nested classes; a record with its generated builder. */
    private static final SliceAssignment BY_CLASS = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass one) {
            String name = one.getName().replaceFirst("\\$.*", "");
            return SliceIdentifier.of(isBuilder(one) ? name.substring(0, name.length() - BUILDER.length()) : name);
        }

        @Override
        public String getDescription() {
            return "classes";
        }
    };

    private static final String BUILDER = "Builder";

    private static boolean isBuilder(JavaClass one) {
        String name = one.getName().replaceFirst("\\$.*", "");
        Bundle owner = owners.get(one.getName());
        return owner != null
                && name.endsWith(BUILDER)
                && owner.classes().contain(name.substring(0, name.length() - BUILDER.length()));
    }

    @Test
    void theClassesOfABundleAreFreeOfCycles() {
        for (Bundle bundle : bundles) {
            SlicesRuleDefinition.slices()
                    .assignedFrom(BY_CLASS)
                    .should()
                    .beFreeOfCycles()
                    .as(bundle.name() + ": classes free of cycles")
                    .allowEmptyShould(true)
                    .check(bundle.classes());
        }
    }

    @Test
    void noConstructorTakesMoreThanEightThings() {
        Set<String> wide = new TreeSet<>();
        for (Bundle bundle : bundles) {
            bundle.classes().stream()
                    .filter(one -> isWide(one, MOST_PARAMETERS))
                    .forEach(one -> wide.add(one.getName()));
        }
        assertEquals(new TreeSet<>(WIDE.keySet()), wide);
    }

    @Test
    void noConstructorOfAStageTakesMoreThanSixThings() {
        Set<String> wide = new TreeSet<>();
        for (Bundle bundle : bundles) {
            if (bundle.floor().equals("messaging") || bundle.floor().equals(INNER)) {
                bundle.classes().stream()
                        .filter(one -> isWide(one, MOST_IN_STAGES))
                        .forEach(one -> wide.add(one.getSimpleName()));
            }
        }
        Set<String> known = new TreeSet<>();
        WIDE_IN_STAGES.values().forEach(known::addAll);
        assertEquals(known, wide);
    }

    private static boolean isWide(JavaClass one, int most) {
        return !one.isRecord()
                && !isBuilder(one)
                && one.getConstructors().stream()
                        .anyMatch(constructor ->
                                constructor.getRawParameterTypes().size() > most);
    }

    /** A stage assembles its classes, and gives each one what it uses. */
    private static boolean isStage(JavaClass one) {
        return outermost(one).endsWith("Stage")
                || Set.of(VAULT, STATE, BENCH, WIRING).contains(outermost(one));
    }

    /**
     * A class that receives individual objects shows by its constructor what it can access; one that receives all of
     * them does not.
     */
    @Test
    void onlyWhoPutsAStageTogetherSeesAllThatStagesAreMadeWith() {
        Set<String> wrong = new TreeSet<>();
        for (Bundle bundle : bundles) {
            for (JavaClass one : bundle.classes()) {
                if (!outermost(one).equals(SERVICES) && !isStage(one) && uses(one, SERVICES)) {
                    wrong.add(one.getName());
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    /** Nor is there another object that replaces it. */
    @Test
    void nothingElseGivesOutWhatTheStateHas() {
        Set<String> wide = new TreeSet<>();
        for (Bundle bundle : bundles) {
            if (!bundle.floor().equals("messaging") && !bundle.floor().equals(INNER)) {
                continue;
            }
            for (JavaClass one : bundle.classes()) {
                Set<String> given = new TreeSet<>();
                one.getFields().stream()
                        .filter(field -> !field.getModifiers().contains(JavaModifier.PRIVATE))
                        .forEach(field -> given.add(field.getRawType().getName()));
                one.getMethods().stream()
                        .filter(method -> !method.getModifiers().contains(JavaModifier.PRIVATE))
                        .filter(method -> method.getRawParameterTypes().isEmpty())
                        .forEach(method -> given.add(method.getRawReturnType().getName()));
                given.retainAll(SHARED_OUT);
                if (given.size() > MOST_SHARED_OUT) {
                    wide.add(one.getName());
                }
            }
        }
        assertEquals(Set.of(SERVICES), wide);
    }

    /** The state in memory has parts, and each class receives only those that it uses. */
    @Test
    void nobodyHasAllOfTheStateInMemory() {
        Set<String> wrong = new TreeSet<>();
        for (Bundle bundle : bundles) {
            for (JavaClass one : bundle.classes()) {
                Set<String> held = new TreeSet<>();
                one.getFields().forEach(field -> held.add(field.getRawType().getName()));
                if (held.containsAll(PARTS)) {
                    wrong.add(one.getName());
                }
            }
        }
        assertEquals(Set.of(BENCH), wrong);
    }

    /** A class's fields are what it was given: only a component holds references to services. */
    @Test
    void onlyWhoPutsAStageTogetherHoldsServicesOfOthers() {
        Set<String> wrong = new TreeSet<>();
        for (Bundle bundle : bundles) {
            for (JavaClass one : bundle.classes()) {
                boolean makes = one.getMethodCallsFromSelf().stream()
                        .anyMatch(call -> call.getTargetOwner().getName().equals(SERVICES)
                                && call.getName().equals("live"));
                if (makes && !isStage(one)) {
                    wrong.add(one.getName());
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    /**
     * They work under the common lock, so an error in them could lock the owner out of the store, or leave keys in
     * memory.
     */
    @Test
    void onlyTheVaultOpensAndLocks() {
        assertEquals(Set.of("org.partyline.vault.StateKeeper", BENCH), callers(GUARD, "setLoaded"));
        assertEquals(Set.of(VAULT, "org.partyline.vault.StateKeeper", BENCH), callers(GUARD, "wipe"));
        Set<String> whole = new TreeSet<>();
        for (Bundle bundle : bundles) {
            if (bundle.floor().equals("messaging") && !Set.of("vault", "state").contains(bundle.name())) {
                bundle.classes().stream()
                        .filter(one -> uses(one, STORE))
                        .map(ArchitectureTest::outermost)
                        .forEach(whole::add);
            }
        }
        assertEquals(new TreeSet<>(WHOLE_STORE.keySet()), whole);
    }

    /** They address all participants alike, whatever these are. */
    @Test
    void neitherTheStateNorTheVaultUsesATypeOfAStage() {
        Set<String> named = new TreeSet<>();
        bundles.stream()
                .filter(bundle -> Set.of("state", "vault").contains(bundle.name()))
                .flatMap(bundle -> bundle.classes().stream())
                .flatMap(one -> one.getDirectDependenciesFromSelf().stream())
                .map(dependency -> dependency.getTargetClass().getName())
                .filter(name -> name.matches("org\\.partyline\\.messaging\\."
                        + "(mailbox|fees|schedule|personas|sessions|sealing|delivery|receive)\\..*"))
                .forEach(named::add);
        assertEquals(Set.of(), named);
    }

    private static boolean uses(JavaClass one, String other) {
        return one.getDirectDependenciesFromSelf().stream()
                .anyMatch(dependency -> dependency
                        .getTargetClass()
                        .getBaseComponentType()
                        .getName()
                        .equals(other));
    }

    private static String outermost(JavaClass one) {
        return one.getName().replaceFirst("\\$.*", "");
    }

    /** Returns the classes, besides its own, that call a method or name it. */
    private static Set<String> callers(String owner, String method) {
        Set<String> found = new TreeSet<>();
        for (Bundle bundle : bundles) {
            for (JavaClass one : bundle.classes()) {
                boolean calls = Stream.concat(
                                one.getMethodCallsFromSelf().stream(), one.getMethodReferencesFromSelf().stream())
                        .anyMatch(access -> access.getTargetOwner().getName().equals(owner)
                                && access.getName().equals(method));
                if (calls && !one.getName().equals(owner)) {
                    found.add(outermost(one));
                }
            }
        }
        return found;
    }

    /** Checks whether one bundle's use of another's class is wrong. */
    @FunctionalInterface
    private interface Wrong {
        boolean test(Bundle from, Bundle to);
    }

    private static Set<String> uses(Wrong wrong) {
        Set<String> found = new TreeSet<>();
        for (Bundle bundle : bundles) {
            for (JavaClass one : bundle.classes()) {
                for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
                    Bundle used = owners.get(
                            dependency.getTargetClass().getBaseComponentType().getName());
                    if (used != null && wrong.test(bundle, used)) {
                        found.add(bundle.name() + ": " + one.getName() + " uses " + used.name() + ": "
                                + dependency.getTargetClass().getName());
                    }
                }
            }
        }
        return found;
    }

    /** The list in docs/architecture.md of the packages that stages share: each may use those to its left. */
    @Test
    void thePageListsWhatStagesShareInItsOrder() throws IOException {
        List<String> listed = Files.readAllLines(Path.of("..", "..", "docs", "architecture.md")).stream()
                .dropWhile(line -> !line.equals("## What stages share"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("    "))
                .flatMap(line -> Stream.of(line.strip().split("[ <]+")))
                .toList();
        List<JavaClass> shared = bundles.stream()
                .filter(bundle -> bundle.name().equals(INNER))
                .flatMap(bundle -> bundle.classes().stream())
                .toList();
        Set<String> wrong = new TreeSet<>();
        Set<String> packages = new TreeSet<>();
        for (JavaClass one : shared) {
            String from = inMessaging(one);
            if (from.isEmpty()) {
                continue;
            }
            packages.add(from);
            for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
                String to = inMessaging(dependency.getTargetClass().getBaseComponentType());
                if (!to.isEmpty() && listed.indexOf(to) > listed.indexOf(from)) {
                    wrong.add(from + " uses " + to + ": " + one.getName());
                }
            }
        }
        assertEquals(packages, new TreeSet<>(listed));
        assertEquals(Set.of(), wrong);
    }

    /** Returns the package of a class that stages share; empty for others. */
    private static String inMessaging(JavaClass one) {
        String prefix = "org.partyline.messaging.";
        String name = one.getPackageName();
        return name.startsWith(prefix) ? name.substring(prefix.length()) : "";
    }
}

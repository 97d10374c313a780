package org.partyline.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The code of all bundles against the rules of docs/architecture.md. */
class ArchitectureTest {
    private static final Path BUNDLES = Path.of("..", "..", "bundles");

    /** What a floor may use beside itself. */
    private static final Map<String, Set<String>> BELOW = Map.of(
            "api", Set.of(),
            "crypto", Set.of("api"),
            "protocol", Set.of("api"),
            "storage", Set.of("api"),
            "network", Set.of("api"),
            "messaging", Set.of("api"),
            "operations", Set.of("api"),
            "console", Set.of("api"),
            "testkit", Set.of("api"));

    /** Bundles that others use by their classes, and why. */
    private static final Map<String, String> SHARED = Map.of(
            "api", "the interfaces and value types that all share",
            "bitcoin-tx", "one reader of raw transactions for all transports",
            "bitcoin-signer", "one signer for all wallets",
            "console-line", "one grammar for every console: it has no interface of its own yet");

    private static final int MOST_PARAMETERS = 8;
    /** Classes whose constructors take more, and why. A record's are the fields of a value. */
    private static final Map<String, String> WIDE = Map.of(
            "org.partyline.engine.Core", "what the classes of the engine share, until each part of it has an owner",
            "org.partyline.engine.Engine", "puts the engine together",
            "org.partyline.engine.MaintenanceJob",
                    "one job for each owner of what expires, until these register themselves",
            "org.partyline.engine.MessageService",
                    "writes, sends, recalls and inspects, until these are services of their own",
            "org.partyline.engine.Recogniser",
                    "knows each kind of packet by itself, until receivers register themselves",
            "org.partyline.engine.Sender", "knows each stage of the way out by itself",
            "org.partyline.transportrpc.RpcClient", "the settings of a connection");

    /** A bundle's place and code. */
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
                    // A library in other clothes.
                    continue;
                }
                JavaClasses classes = new ClassFileImporter().importPath(bundle.resolve("target/classes"));
                Bundle known = new Bundle(
                        floor.getFileName().toString(), bundle.getFileName().toString(), classes);
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

    @Test
    void everyFloorHasItsRule() {
        assertEquals(
                new TreeSet<>(BELOW.keySet()),
                bundles.stream().map(Bundle::floor).collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Under another name it is none of ours: it is not watched, and nobody is told that it is stopped. */
    @Test
    void everyBundleIsCalledAfterItsFolder() throws IOException {
        for (Bundle bundle : bundles) {
            if (bundle.floor().equals("testkit")) {
                continue;
            }
            Path instructions =
                    BUNDLES.resolve(bundle.floor()).resolve(bundle.name()).resolve("bnd.bnd");
            assertTrue(
                    Files.exists(instructions)
                            && Files.readAllLines(instructions)
                                    .contains("Bundle-SymbolicName: org.partyline." + bundle.name()),
                    () -> bundle.name() + " has no Bundle-SymbolicName: org.partyline." + bundle.name()
                            + " in bnd.bnd");
        }
    }

    @Test
    void floorsUseLowerFloorsOnly() {
        assertEquals(
                Set.of(),
                uses((from, to) -> !from.floor().equals(to.floor())
                        && !BELOW.get(from.floor()).contains(to.floor())));
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

    @Test
    void noConstructorTakesMoreThanEightThings() {
        Set<String> wide = new TreeSet<>();
        for (Bundle bundle : bundles) {
            for (JavaClass one : bundle.classes()) {
                boolean tooWide = !one.isRecord()
                        && one.getConstructors().stream()
                                .anyMatch(constructor ->
                                        constructor.getRawParameterTypes().size() > MOST_PARAMETERS);
                if (tooWide) {
                    wide.add(one.getName());
                }
            }
        }
        assertEquals(new TreeSet<>(WIDE.keySet()), wide);
    }

    /** Whether a use of a bundle's class by another's is wrong. */
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
}

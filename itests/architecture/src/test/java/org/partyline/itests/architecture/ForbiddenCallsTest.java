package org.partyline.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Finds calls in shipped code that may leak data, or behave differently on other machines. Each exception has its
 * reason.
 */
class ForbiddenCallsTest {
    private static final Path BUNDLES = Path.of("..", "..", "bundles");

    private static final String PACKAGE = "org.partyline.";

    private static JavaClasses classes;

    @BeforeAll
    static void read() throws IOException {
        try (Stream<Path> all = Files.walk(BUNDLES, 4)) {
            List<Path> shipped = all.filter(path -> path.endsWith(Path.of("target", "classes")))
                    .filter(path -> !path.startsWith(BUNDLES.resolve("testkit")))
                    .toList();
            classes = new ClassFileImporter().importPaths(shipped);
        }
        assertFalse(classes.isEmpty(), "nothing is built");
    }

    /** @param forbidden the called method: the class, a dot, the name, and the parameter types in parentheses */
    private static void assertOnly(Map<String, String> allowed, String forbidden) {
        Pattern pattern = Pattern.compile(forbidden);
        Map<String, Set<String>> found = new TreeMap<>();
        for (JavaClass one : classes) {
            Stream.of(one.getCodeUnitCallsFromSelf(), one.getCodeUnitReferencesFromSelf())
                    .flatMap(Set::stream)
                    .map(ForbiddenCallsTest::target)
                    .filter(target -> pattern.matcher(target).matches())
                    .forEach(target -> found.computeIfAbsent(
                                    one.getName().replaceFirst("\\$.*", ""), key -> new TreeSet<>())
                            .add(target));
        }
        Map<String, Set<String>> others = new TreeMap<>(found);
        others.keySet().removeAll(allowed.keySet());
        assertEquals(Map.of(), others, "forbidden, and no exception");
        assertEquals(new TreeSet<>(allowed.keySet()), new TreeSet<>(found.keySet()), "an exception that nothing needs");
    }

    private static String target(JavaAccess<?> access) {
        return access.getTarget().getFullName();
    }

    /** Anyone who knows some of the numbers could compute the others. */
    @Test
    void randomnessIsSecure() {
        assertOnly(
                Map.of(),
                "java\\.util\\.(Random|SplittableRandom|concurrent\\.ThreadLocalRandom)\\..*|java\\.lang\\.Math\\.random\\(\\)");
    }

    @Test
    void textIsEncodedTheSameOnEveryMachine() {
        assertOnly(
                Map.of(),
                "java\\.lang\\.String\\.getBytes\\(\\)"
                        + "|java\\.lang\\.String\\.<init>\\(\\[B(, int, int)?\\)"
                        + "|java\\.io\\.(InputStreamReader|OutputStreamWriter|PrintStream|PrintWriter)\\.<init>\\(java\\.io\\.(In|Out)putStream(, boolean)?\\)"
                        + "|java\\.io\\.(FileReader|FileWriter)\\.<init>\\([^,]*(, boolean)?\\)"
                        + "|java\\.util\\.Scanner\\.<init>\\(java\\.io\\.InputStream\\)"
                        + "|java\\.io\\.ByteArrayOutputStream\\.toString\\(\\)");
    }

    /** All connections, and all name lookups, go through the network policy. */
    @Test
    void connectionsAreMadeByTheNetworkPolicy() {
        assertOnly(
                Map.ofEntries(
                        Map.entry(PACKAGE + "networkpolicy.ConnectionGate", "is the network policy"),
                        Map.entry(PACKAGE + "networkpolicy.OutgoingSocket", "is the network policy"),
                        Map.entry(PACKAGE + "networkpolicy.Hosts", "parses an address in brackets: no lookup"),
                        Map.entry(PACKAGE + "transportrpc.HttpPool", "TLS over a connection of the policy"),
                        Map.entry(PACKAGE + "hooks.WebDelivery", "TLS over a connection of the policy"),
                        Map.entry(PACKAGE + "hooks.WebAddress", "parses an address of digits: no lookup"),
                        Map.entry(
                                PACKAGE + "transportbitcoinj.Peers",
                                "asks the network's seeds, only where the policy allows direct connections to them"),
                        Map.entry(PACKAGE + "consolesocket.Listener", "the console's Unix socket"),
                        Map.entry(PACKAGE + "consolesocket.wire.SocketPlace", "the console's Unix socket"),
                        Map.entry(PACKAGE + "storepostgresql.UnixSocket", "the database's Unix socket"),
                        Map.entry(PACKAGE + "metrics.MetricsServer", "listens on a loopback address"),
                        Map.entry(PACKAGE + "metrics.MetricsSettings", "127.0.0.1 or ::1"),
                        Map.entry(PACKAGE + "webserver.Door", "listens on a loopback address"),
                        Map.entry(PACKAGE + "api.web.WebSettings", "127.0.0.1 or ::1")),
                "java\\.net\\.(Socket|ServerSocket|DatagramSocket)\\.<init>\\(.*"
                        + "|java\\.nio\\.channels\\.(Server)?SocketChannel\\.open\\(.*"
                        + "|java\\.nio\\.channels\\.DatagramChannel\\.open\\(.*"
                        + "|java\\.net\\.InetAddress\\.get(All)?ByName\\(.*"
                        + "|java\\.net\\.InetSocketAddress\\.<init>\\(java\\.lang\\.String, int\\)"
                        + "|java\\.net\\.URL\\.open(Connection|Stream)\\(.*"
                        + "|java\\.net\\.http\\..*"
                        + "|javax\\.net\\.(ssl\\.SSL)?SocketFactory\\.createSocket\\(.*"
                        + "|com\\.sun\\.net\\.httpserver\\.HttpServer\\.create\\(.*");
    }

    @Test
    void programsAreStartedInFewPlaces() {
        assertOnly(
                Map.of(
                        PACKAGE + "consolesocket.client.OwnTerminal",
                        "asks stty for the size of the client's terminal",
                        PACKAGE + "hooks.ProgramDelivery",
                        "starts what the operator added"),
                "java\\.lang\\.ProcessBuilder\\.<init>\\(.*|java\\.lang\\.Runtime\\.exec\\(.*");
    }

    /** External data is never deserialised into objects of arbitrary classes. */
    @Test
    void nothingIsDeserialised() {
        assertOnly(Map.of(), "java\\.io\\.ObjectInputStream\\.<init>\\(.*|java\\.beans\\.XMLDecoder\\.<init>\\(.*");
    }

    @Test
    void theProcessIsEndedInFewPlaces() {
        assertOnly(
                Map.of(PACKAGE + "consolesocket.client.Main", "the client's exit status"),
                "java\\.lang\\.(System\\.exit|Runtime\\.(exit|halt))\\(.*");
    }

    /** An exception's message may contain private text: {@code Faults} logs its kind and its location instead. */
    @Test
    void noExceptionIsLoggedWhole() throws IOException {
        assertOnly(
                Map.of(),
                "org\\.slf4j\\.Logger\\.\\w+\\(.*java\\.lang\\.Throwable\\)"
                        + "|org\\.slf4j\\.spi\\.LoggingEventBuilder\\.setCause\\(.*"
                        + "|java\\.util\\.logging\\.Logger\\.\\w+\\(.*java\\.lang\\.Throwable.*\\)"
                        + "|.*\\.printStackTrace\\(.*");
        // As the last of several values, it is also logged whole, and the signature of the called method does not show
        // that.
        Pattern thrown = Pattern.compile("\\b\\w*(?:Exception|Error|Throwable|Refused) (\\w+)\\b");
        Pattern log = Pattern.compile("\\bLOG\\s*\\.\\w+\\([^;]*?,\\s*(\\w+)\\s*\\);");
        List<String> whole = new ArrayList<>();
        try (Stream<Path> all = Files.walk(BUNDLES)) {
            for (Path file : all.filter(path -> path.toString().matches("(?!.*testkit).*/src/main/.*\\.java"))
                    .toList()) {
                String source = Files.readString(file);
                Set<String> names = thrown.matcher(source)
                        .results()
                        .map(one -> one.group(1))
                        .collect(Collectors.toSet());
                log.matcher(source)
                        .results()
                        .filter(one -> names.contains(one.group(1)))
                        .forEach(one -> whole.add(file.getFileName() + ": " + one.group()));
            }
        }
        assertEquals(List.of(), whole);
    }

    /** The message of an exception of any type may be text that someone wrote. */
    @Test
    void theMessageOfAnExceptionOfAnyTypeIsReadInFewPlaces() {
        assertOnly(
                Map.of(
                        PACKAGE + "api.Faults", "only of exceptions of this program",
                        PACKAGE + "consoleline.ErrorLines", "shows the user what Karaf's own command reports",
                        PACKAGE + "consolesocket.Complaint", "except of unexpected types",
                        PACKAGE + "hardening.ServiceWatch", "reports why a socket cannot be used",
                        PACKAGE + "storejdbc.Database", "looks for the system's message about a full disk"),
                "java\\.lang\\.(Throwable|RuntimeException|Error)\\.(getMessage|getLocalizedMessage|toString)\\(\\)");
    }
}

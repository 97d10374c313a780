package org.partyline.itests.distribution;

import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.systemTimeout;
import static org.ops4j.pax.exam.CoreOptions.vmOption;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.replaceConfigurationFile;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.TestAddress;
import org.ops4j.pax.exam.TestProbeBuilder;
import org.ops4j.pax.exam.TestProbeProvider;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleListener;

/** Runs the packed distribution in a Pax Exam container, offline and on free ports. */
final class PartylineContainer {

    /** The system property with the port of the container's SSH console; Karaf reads it, too. */
    static final String SSH_PORT = "org.apache.karaf.shell.sshPort";

    private static final String LAST_BUNDLE = "org.apache.karaf.shell.ssh";
    private static final long PATIENCE_SECONDS = 300;

    private static final String ALLOWED = "etc/allowed-bundles";

    /** The directory into which the running test's container was unpacked. */
    private static File unpacked;

    private PartylineContainer() {}

    /** The options of every container test; the start script has the same options for a real server. */
    static Option distribution() {
        unpacked = new File("target/exam", UUID.randomUUID().toString());
        File archive = new File(System.getProperty("partyline.distribution"));
        String coverage = System.getProperty("coverage.option", "");
        return composite(
                karafDistributionConfiguration()
                        .frameworkUrl(archive.toURI().toString())
                        .name("Mempool Partyline")
                        .unpackDirectory(unpacked)
                        .useDeployFolder(false),
                configureConsole().ignoreLocalConsole().startRemoteShell(),
                systemTimeout(300_000),
                vmOption("--add-opens=java.base/java.security=ALL-UNNAMED"),
                vmOption("--add-opens=java.base/java.net=ALL-UNNAMED"),
                vmOption("--add-opens=java.base/java.lang=ALL-UNNAMED"),
                vmOption("--add-opens=java.base/java.util=ALL-UNNAMED"),
                vmOption("--add-opens=java.rmi/sun.rmi.transport.tcp=ALL-UNNAMED"),
                vmOption("--add-exports=java.base/sun.net.www.protocol.file=ALL-UNNAMED"),
                vmOption("--add-exports=java.base/sun.net.www.protocol.jar=ALL-UNNAMED"),
                vmOption("--add-exports=java.base/sun.net.www.content.text=ALL-UNNAMED"),
                vmOption("-Djava.security.manager=allow"),
                vmOption("-Xmx512m"),
                vmOption("-XX:TieredStopAtLevel=1"),
                vmOption("-XX:+UseSerialGC"),
                coverage.isEmpty() ? composite() : vmOption(coverage),
                vmOption("-classpath"),
                vmOption("lib/jdk9plus/*" + File.pathSeparator + "lib/boot/*"),
                vmOption("-D" + SSH_PORT + "=" + freePort()),
                editConfigurationFilePut(
                        "etc/org.partyline.continuity.cfg",
                        "directory",
                        new File("target/exam-state").getAbsolutePath()),
                // Maven has downloaded the bundles that Pax Exam installs; the distribution itself uses no repository.
                editConfigurationFilePut(
                        "etc/org.ops4j.pax.url.mvn.cfg",
                        "org.ops4j.pax.url.mvn.localRepository",
                        System.getProperty("maven.local.repository")),
                replaceConfigurationFile(ALLOWED, allowed()));
    }

    /** The bundles of Pax Exam, allowed by their checksums as an operator allows third-party bundles. */
    private static File allowed() {
        Path repository = Path.of(System.getProperty("maven.local.repository"));
        StringBuilder lines = new StringBuilder();
        try {
            Matcher bundles = Pattern.compile("<bundle[^>]*>mvn:([^/]+)/([^/]+)/([^<]+)</bundle>")
                    .matcher(Files.readString(Path.of(System.getProperty("org.ops4j.pax.exam.features"))));
            while (bundles.find()) {
                Path jar = repository
                        .resolve(bundles.group(1).replace('.', '/'))
                        .resolve(bundles.group(2))
                        .resolve(bundles.group(3))
                        .resolve(bundles.group(2) + "-" + bundles.group(3) + ".jar");
                lines.append(line(Files.readAllBytes(jar), bundles.group(2)));
            }
            File file = File.createTempFile("allowed-bundles", "");
            file.deleteOnExit();
            Files.writeString(file.toPath(), lines);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a line of the list of allowed bundles. */
    static String line(byte[] jar, String name) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(jar)) + "  " + name + "\n";
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * The probe, which Pax Exam builds from the test's classes while the container runs: its checksum is added to the
     * list at that time.
     */
    static TestProbeBuilder allowed(TestProbeBuilder probe) {
        return (TestProbeBuilder) Proxy.newProxyInstance(
                PartylineContainer.class.getClassLoader(),
                new Class<?>[] {TestProbeBuilder.class},
                (self, method, arguments) -> {
                    if (!method.getName().equals("build")) {
                        return method.invoke(probe, arguments);
                    }
                    TestProbeProvider built = probe.build();
                    byte[] jar = built.getStream().readAllBytes();
                    for (File container : unpacked.listFiles()) {
                        Files.writeString(
                                container.toPath().resolve(ALLOWED), line(jar, "probe"), StandardOpenOption.APPEND);
                    }
                    return new TestProbeProvider() {
                        @Override
                        public Set<TestAddress> getTests() {
                            return built.getTests();
                        }

                        @Override
                        public InputStream getStream() {
                            return new ByteArrayInputStream(jar);
                        }
                    };
                });
    }

    /**
     * Waits until the container has started completely: Pax Exam begins its tests while the last bundles are starting.
     * The framework reports the start level that it is moving to, so this waits for the last bundle, and for its port.
     */
    static void awaitStart(BundleContext context) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        BundleListener listener = event -> {
            if (isActive(event.getBundle())) {
                started.countDown();
            }
        };
        context.addBundleListener(listener);
        try {
            for (Bundle bundle : context.getBundles()) {
                if (isActive(bundle)) {
                    started.countDown();
                }
            }
            if (!started.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the bundle " + LAST_BUNDLE + " does not start");
            }
        } finally {
            context.removeBundleListener(listener);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!answers(Integer.getInteger(SSH_PORT))) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the SSH console does not answer");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static boolean isActive(Bundle bundle) {
        return LAST_BUNDLE.equals(bundle.getSymbolicName()) && bundle.getState() == Bundle.ACTIVE;
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Not one that a system uses for outgoing connections, nor one of other tests: the console opens it only some time
     * later.
     */
    private static int freePort() {
        while (true) {
            int port = new SecureRandom().nextInt(10_000, 20_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // It is in use: try another one.
                continue;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

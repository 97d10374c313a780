package org.partyline.bundleguard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.apache.felix.framework.Felix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;

/** The guard in a separate framework. */
class GuardTest {
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path directory;

    private Felix framework;
    private Path list;

    @BeforeEach
    void startWithOursPacked() throws Exception {
        Path system = Files.createDirectories(directory.resolve("home/system"));
        Files.createDirectories(directory.resolve("home/lib"));
        Files.write(system.resolve("ours.jar"), ours());
        Files.write(system.resolve("newer.jar"), jar("ours", "2.0.0", Map.of()));
        Files.write(system.resolve("user.jar"), user());
        PackedSums.main(new String[] {directory.resolve("home").toString()});
        list = Files.createDirectories(directory.resolve("etc")).resolve("allowed-bundles");
        start();
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    }

    private void start() throws Exception {
        framework = new Felix(Map.of(
                Constants.FRAMEWORK_STORAGE,
                directory.resolve("cache").toString(),
                "karaf.home",
                directory.resolve("home").toString(),
                "karaf.etc",
                directory.resolve("etc").toString()));
        framework.init();
        // Like the framework with the activator of an extension.
        new BundleGuardActivator().start(framework.getBundleContext());
        framework.start();
        // init() lets another thread refresh all bundles, which ends an update at that moment. Ours comes after it.
        refresh();
    }

    private BundleContext context() {
        return framework.getBundleContext();
    }

    private static byte[] ours() {
        return jar("ours", "1.0.0", Map.of("Export-Package", "ours.api"));
    }

    /** Also ours; it uses a package that anyone may export. */
    private static byte[] user() {
        return jar("user", "1.0.0", Map.of("Import-Package", "foreign.api;resolution:=optional,ours.api"));
    }

    private static byte[] jar(String name, String version, Map<String, String> headers) {
        return jar(name, version, headers, Map.of());
    }

    private static byte[] jar(String name, String version, Map<String, String> headers, Map<String, byte[]> classes) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        main.putValue("Bundle-Version", version);
        headers.forEach(main::putValue);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            // Not the constructor with a manifest, which stamps the entry with the time.
            jar.setLevel(Deflater.NO_COMPRESSION);
            JarEntry entry = new JarEntry("META-INF/MANIFEST.MF");
            entry.setTime(0);
            jar.putNextEntry(entry);
            manifest.write(jar);
            jar.closeEntry();
            for (Map.Entry<String, byte[]> one : classes.entrySet()) {
                JarEntry file = new JarEntry(one.getKey());
                file.setTime(0);
                jar.putNextEntry(file);
                jar.write(one.getValue());
                jar.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] foreign() {
        return jar("com.example.foreign", "1.0.0", Map.of("Export-Package", "foreign.api"));
    }

    private Bundle install(String location, byte[] jar) throws BundleException {
        return context().installBundle(location, new ByteArrayInputStream(jar));
    }

    private static String sum(byte[] jar) throws Exception {
        Path file = Files.createTempFile("sum", ".jar");
        try {
            return Sha256.of(Files.write(file, jar));
        } finally {
            Files.delete(file);
        }
    }

    private void allow(byte[]... jars) throws Exception {
        StringBuilder lines = new StringBuilder("# what this test allows\n");
        for (byte[] jar : jars) {
            lines.append(sum(jar)).append("  a remark\n");
        }
        Files.writeString(list, lines);
    }

    private static String refusal(Bundle bundle) {
        return assertThrows(BundleException.class, bundle::start).getMessage();
    }

    private void refresh(Bundle... bundles) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        framework.adapt(FrameworkWiring.class).refreshBundles(List.of(bundles), event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                done.countDown();
            }
        });
        assertTrue(done.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> report() throws Exception {
        Supplier<List<Map<String, Object>>> report = (Supplier<List<Map<String, Object>>>) context()
                .getService(context()
                        .getServiceReferences(Supplier.class, "(" + BundleGuardActivator.GUARD + "=true)")
                        .iterator()
                        .next());
        return report.get();
    }

    @Test
    void oursRunsWhereverItsBytesComeFrom() throws Exception {
        Bundle bundle = install("file:elsewhere", ours());

        bundle.start();
        bundle.update(new ByteArrayInputStream(jar("ours", "2.0.0", Map.of())));

        assertEquals(Bundle.ACTIVE, bundle.getState());
        assertEquals(1, report().size());
    }

    @Test
    void aForeignBundleIsRefusedWithItsSumAndTheFileAndRunsOnceItsSumIsThere() throws Exception {
        Bundle bundle = install("x", foreign());

        String why = refusal(bundle);

        assertTrue(
                why.endsWith(
                        "bundle 1 (com.example.foreign 1.0.0) is not part of this distribution and not allowed: to "
                                + "allow it, add the line \"" + sum(foreign()) + "  com.example.foreign\" to " + list),
                why);
        assertEquals(Bundle.INSTALLED, bundle.getState());
        assertEquals(false, report().get(1).get("allowed"));
        assertEquals(false, report().get(1).get("running"));
        allow(foreign());
        bundle.start();
        assertEquals(Bundle.ACTIVE, bundle.getState());
        assertEquals(true, report().get(1).get("allowed"));
        assertEquals(true, report().get(1).get("running"));
        assertEquals("", report().get(1).get("reason"));
    }

    @Test
    void theNameOfOneOfOursHelpsNobody() throws Exception {
        refusal(install("x", jar("ours", "1.0.0", Map.of("X", "other bytes"))));
    }

    @Test
    void anUpdateWithOtherBytesIsRefusedUntilTheyAreAllowed() throws Exception {
        Bundle bundle = install("x", ours());
        bundle.start();
        byte[] other = jar("ours", "1.0.1", Map.of());

        assertThrows(BundleException.class, () -> bundle.update(new ByteArrayInputStream(other)));

        assertEquals(Bundle.INSTALLED, bundle.getState());
        allow(other);
        bundle.start();
        assertEquals(Bundle.ACTIVE, bundle.getState());
    }

    @Test
    void whatIsRefusedGivesNoPackageAndKeepsNobodyFromResolving() throws Exception {
        install("x", foreign());
        install("ours", ours()).start();
        Bundle user = install("user", user());

        user.start();

        assertEquals(Bundle.ACTIVE, user.getState());
        assertThrows(ClassNotFoundException.class, () -> user.loadClass("foreign.api.Any"));
        assertEquals(Bundle.INSTALLED, context().getBundle("x").getState());
    }

    @Test
    void aFragmentIsNotAttached() throws Exception {
        byte[] fragment = jar("com.example.fragment", "1.0.0", Map.of("Fragment-Host", "ours"));
        Bundle refused = install("x", fragment);
        Bundle host = install("ours", ours());

        host.start();

        assertEquals(Bundle.INSTALLED, refused.getState());
        allow(fragment);
        refresh(host);
        assertEquals(Bundle.ACTIVE, host.getState());
        assertEquals(Bundle.RESOLVED, refused.getState());
    }

    @Test
    void aFragmentComesWithARefreshOnlyIfItMay() throws Exception {
        Bundle host = install("ours", ours());
        host.start();
        Bundle refused = install("x", jar("com.example.fragment", "1.0.0", Map.of("Fragment-Host", "ours")));

        refresh(host);

        assertEquals(Bundle.ACTIVE, host.getState());
        assertEquals(Bundle.INSTALLED, refused.getState());
    }

    /** Like Karaf when it installs a feature: everything that it stopped meanwhile must be started again. */
    @Test
    void oneAmongOthersDoesNotKeepTheseFromBeingResolved() throws Exception {
        Bundle foreign = install("x", jar("com.example.user", "1.0.0", Map.of("Import-Package", "org.osgi.framework")));
        Bundle optional = install(
                "y",
                jar(
                        "com.example.optional",
                        "1.0.0",
                        Map.of("Import-Package", "org.osgi.framework;resolution:=optional")));
        Bundle ours = install("ours", ours());
        Bundle user = install("user", user());

        framework.adapt(FrameworkWiring.class).resolveBundles(List.of(foreign, ours, user));

        assertEquals(Bundle.INSTALLED, foreign.getState());
        assertEquals(Bundle.RESOLVED, ours.getState());
        assertEquals(Bundle.RESOLVED, user.getState());
        framework.adapt(FrameworkWiring.class).resolveBundles(List.of(optional, foreign));
        assertEquals(Bundle.INSTALLED, optional.getState());
    }

    @Test
    void resolvingManyAtOnceLetsNoneIn() throws Exception {
        // It needs nothing, so nothing can be withheld from it.
        Bundle foreign = install("x", jar("com.example.none", "1.0.0", Map.of()));
        Bundle ours = install("ours", ours());

        framework.adapt(FrameworkWiring.class).resolveBundles(List.of(foreign, ours));
        framework.adapt(FrameworkWiring.class).resolveBundles(null);

        assertEquals(Bundle.INSTALLED, foreign.getState());
        ours.start();
        assertEquals(Bundle.ACTIVE, ours.getState());
    }

    @Test
    void anExtensionOfTheFrameworkIsNotEvenInstalled() throws Exception {
        byte[] extension =
                jar("com.example.extension", "1.0.0", Map.of("Fragment-Host", "system.bundle;extension:=framework"));

        BundleException refused = assertThrows(BundleException.class, () -> install("x", extension));

        assertTrue(refused.getCause().getMessage().contains(sum(extension)), String.valueOf(refused.getCause()));
        assertEquals(1, context().getBundles().length);
    }

    @Test
    void whatIsNoLongerAllowedEndsWithARefreshAndWithARestart() throws Exception {
        allow(foreign());
        Bundle bundle = install("x", foreign());
        bundle.start();
        Files.delete(list);

        assertEquals(Bundle.ACTIVE, bundle.getState());
        assertEquals(false, report().get(1).get("allowed"));
        refresh(bundle);

        assertEquals(Bundle.INSTALLED, bundle.getState());
        allow(foreign());
        bundle.start();
        Files.delete(list);
        stop();
        start();
        assertEquals(Bundle.INSTALLED, context().getBundle("x").getState());
    }

    @Test
    void whatChangedOnTheDiskMeanwhileIsRefusedAfterARestart() throws Exception {
        Bundle bundle = install("x", ours());
        bundle.start();
        Path cached = cached(bundle);
        stop();
        FileTime before = Files.getLastModifiedTime(cached);
        Files.write(cached, jar("ours", "1.0.9", Map.of("Export-Package", "ours.api")));
        Files.setLastModifiedTime(cached, before);

        start();

        assertEquals(Bundle.INSTALLED, context().getBundle("x").getState());
    }

    @Test
    void aFileThatIsUsedInPlaceIsReadAnewWhenItChanged() throws Exception {
        Path file = Files.write(directory.resolve("in-place.jar"), ours());
        FileTime time = FileTime.fromMillis(0);
        Files.setLastModifiedTime(file, time);
        Bundle bundle = context().installBundle("reference:" + file.toUri());
        assertEquals(1, report().size(), "looked at once, and ours");
        byte[] other = jar("ours", "1.0.1", Map.of("Export-Package", "ours.api"));
        assertEquals(ours().length, other.length);
        Files.write(file, other);
        Files.setLastModifiedTime(file, time);

        refusal(bundle);
    }

    @Test
    void theSumOfAFileThatDidNotChangeForAWhileIsRememberedUntilItDoes() throws Exception {
        Path file = Files.write(directory.resolve("in-place.jar"), ours());
        BundleRevision revision =
                context().installBundle("reference:" + file.toUri()).adapt(BundleRevision.class);
        BundleSums sums = new BundleSums(() -> Long.MAX_VALUE);
        String before = sums.of(revision).orElseThrow();
        assertSame(before, sums.of(revision).orElseThrow(), "it is remembered");
        byte[] other = jar("ours", "1.0.10", Map.of("Export-Package", "ours.api"));
        Files.write(file, other);
        assertEquals(sum(other), sums.of(revision).orElseThrow());
        // A file that may change again in the same instant is read each time.
        BundleSums careful = new BundleSums(() -> 0);
        assertNotSame(careful.of(revision).orElseThrow(), careful.of(revision).orElseThrow());
    }

    @Test
    void aDirectoryIsRefused() throws Exception {
        Path exploded = Files.createDirectories(directory.resolve("exploded/META-INF"));
        Files.writeString(
                exploded.resolve("MANIFEST.MF"),
                "Manifest-Version: 1.0\nBundle-ManifestVersion: 2\nBundle-SymbolicName: com.example.exploded\n");

        String why = refusal(context().installBundle("reference:file:" + exploded.getParent()));

        assertTrue(why.contains("pack it as a jar"), why);
    }

    @Test
    void aListThatOthersMayWriteAllowsNothing() throws Exception {
        allow(foreign());
        Files.setPosixFilePermissions(list, PosixFilePermissions.fromString("rw-rw----"));

        refusal(install("x", foreign()));

        assertEquals(
                List.of(list + " is writable by other users and is ignored: run chmod 600 on it"),
                report().get(0).get("problems"));
    }

    @Test
    void aLineThatIsNoSumIsNamedAndTheOthersCount() throws Exception {
        Files.writeString(list, "\nnot a sum\n" + sum(foreign()).toUpperCase() + "\n");

        install("x", foreign()).start();

        assertEquals(
                List.of("line 2 of " + list + " is invalid: it must start with a SHA-256 sum of 64 hexadecimal digits"),
                report().get(0).get("problems"));
    }

    @Test
    void aListOfWhatIsPackedThatIsNoneLetsNothingStart() throws Exception {
        Path packed = directory.resolve("home").resolve(PackedSums.PACKED);
        Files.writeString(packed, "nonsense\n");

        assertThrows(IOException.class, () -> PackedSums.read(packed));
    }

    @Test
    void whatKarafRewroteForAnUpdateIsRefusedWithAHint() throws Exception {
        byte[] copy = jar("ours", "1.0.0", Map.of("Bundle-UpdateLocation", "file:/new.jar"));

        String why = refusal(install("x", copy));

        assertTrue(why.contains(sum(copy)) && why.endsWith("run bundle:update without an address)"), why);
    }

    @Test
    void aNameWithControlCharactersIsNotRepeated() throws Exception {
        String why = refusal(install("x", jar("com.\u001B[2J", "1.0.0", Map.of())));

        assertFalse(why.contains("\u001B"), why);
    }

    private Path cached(Bundle bundle) throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve("cache/bundle" + bundle.getBundleId()))) {
            return all.filter(file -> file.getFileName().toString().equals("bundle.jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aRequirementThatIsEffectiveLaterLetsNoneInBesideAnother() throws Exception {
        Bundle foreign = install(
                "x",
                jar(
                        "com.example.later",
                        "1.0.0",
                        Map.of("Require-Capability", "osgi.service;filter:=\"(objectClass=x)\";effective:=active")));
        Bundle ours = install("ours", ours());

        framework.adapt(FrameworkWiring.class).resolveBundles(List.of(foreign, ours));

        assertEquals(Bundle.INSTALLED, foreign.getState());
        ours.start();
        assertEquals(Bundle.ACTIVE, ours.getState());
    }

    /** Random manifests: every directive of a requirement, one to three at once, fragments, dynamic imports. */
    @Test
    void noManifestLetsAForeignBundleIn() throws Exception {
        String[] directives = {
            "",
            ";effective:=active",
            ";effective:=resolve",
            ";effective:=other",
            ";resolution:=optional",
            ";resolution:=mandatory",
            ";resolution:=other",
            ";cardinality:=multiple;effective:=active"
        };
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Bundle ours = install("ours", ours());
        for (int round = 0; round < 60; round++) {
            List<Bundle> foreign = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(3); i++) {
                Map<String, String> headers = new HashMap<>();
                String own = "com.example.r" + round + "n" + i;
                if (random.nextBoolean()) {
                    headers.put(
                            "Require-Capability",
                            (random.nextBoolean() ? "osgi.extender" : own)
                                    + directives[random.nextInt(directives.length)]);
                }
                if (random.nextInt(3) == 0) {
                    headers.put("Provide-Capability", own + directives[random.nextInt(4)]);
                }
                if (random.nextInt(3) == 0) {
                    headers.put(
                            "Import-Package",
                            random.nextBoolean() ? "org.osgi.framework" : "ours.api;resolution:=optional");
                }
                if (random.nextInt(3) == 0) {
                    headers.put("Export-Package", "foreign.api");
                }
                switch (random.nextInt(5)) {
                    case 0 -> headers.put("Fragment-Host", "ours");
                    case 1 -> headers.put("DynamicImport-Package", "*");
                    case 2 -> headers.put("Bundle-ActivationPolicy", "lazy");
                    default -> {}
                }
                foreign.add(install("r" + round + "n" + i, jar(own, "1.0.0", headers)));
            }
            List<Bundle> together = new ArrayList<>(foreign);
            if (random.nextBoolean()) {
                together.add(random.nextInt(together.size() + 1), ours);
            }
            framework.adapt(FrameworkWiring.class).resolveBundles(random.nextInt(4) == 0 ? null : together);
            for (Bundle one : foreign) {
                if (one.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                    assertThrows(BundleException.class, one::start, "seed " + seed);
                }
                assertEquals(
                        Bundle.INSTALLED,
                        one.getState(),
                        "seed " + seed + ", round " + round + ": " + one.getHeaders());
                one.uninstall();
            }
        }
        ours.start();
        assertEquals(Bundle.ACTIVE, ours.getState());
    }

    @Test
    void oneThatIsResolvedIsJudgedAgainWhenItStarts() throws Exception {
        byte[] foreign = jar("com.example.foreign", "1.0.0", Map.of("Bundle-Activator", "com.example.Activator"));
        allow(foreign);
        Bundle bundle = install("x", foreign);
        framework.adapt(FrameworkWiring.class).resolveBundles(List.of(bundle));
        assertEquals(Bundle.RESOLVED, bundle.getState());
        Files.delete(list);

        String why = refusal(bundle);

        assertEquals(Bundle.RESOLVED, bundle.getState());
        assertFalse(why.isEmpty());
    }

    @Test
    void oneThatIsResolvedAndMayNotRunLoadsNoClass() throws Exception {
        byte[] foreign;
        try (InputStream own = GuardTest.class.getResourceAsStream("RefusalLog.class")) {
            foreign = jar(
                    "com.example.foreign",
                    "1.0.0",
                    Map.of(),
                    Map.of("org/partyline/bundleguard/RefusalLog.class", own.readAllBytes()));
        }
        allow(foreign);
        Bundle bundle = install("x", foreign);
        framework.adapt(FrameworkWiring.class).resolveBundles(List.of(bundle));
        Files.delete(list);

        assertThrows(Throwable.class, () -> bundle.loadClass("org.partyline.bundleguard.RefusalLog"));

        allow(foreign);
        bundle.start();
        assertEquals(
                "org.partyline.bundleguard.RefusalLog",
                bundle.loadClass("org.partyline.bundleguard.RefusalLog").getName());
    }

    /** For the framework, a failing hook has no opinion. */
    @Test
    void anErrorRefuses() throws Exception {
        Judge judge = new Judge(Set.of(), new BundleSums(), new AllowList(list));
        Guard guard = new Guard(judge, new RefusalLog());
        BundleRevision failing = (BundleRevision) Proxy.newProxyInstance(
                BundleRevision.class.getClassLoader(), new Class<?>[] {BundleRevision.class}, (proxy, method, args) -> {
                    throw new StackOverflowError();
                });
        BundleRequirement requirement = (BundleRequirement) Proxy.newProxyInstance(
                BundleRequirement.class.getClassLoader(),
                new Class<?>[] {BundleRequirement.class},
                (proxy, method, args) -> failing);
        BundleCapability capability = (BundleCapability) Proxy.newProxyInstance(
                BundleCapability.class.getClassLoader(),
                new Class<?>[] {BundleCapability.class},
                (proxy, method, args) -> failing);
        List<BundleCapability> candidates = new ArrayList<>(List.of(capability));

        guard.begin(List.of()).filterMatches(requirement, candidates);

        assertEquals(List.of(), candidates);
    }
}

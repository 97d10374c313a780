package org.partyline.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.framework.Felix;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Runs the distribution's own bundles, without the console and the embedded network, in an OSGi framework inside this
 * process: their services can be called directly, and times be measured to the microsecond.
 */
final class Framework implements AutoCloseable {
    private static final String OURS = "org/partyline/";
    private static final List<String> API = List.of(OURS + "api-spi/", OURS + "api-app/");

    /** Required bundles of others, by the beginnings of their paths in the distribution's system repository. */
    private static final List<String> WANTED = List.of(
            "org/osgi/",
            "org/apache/felix/org.apache.felix.scr/",
            "org/apache/felix/org.apache.felix.configadmin/",
            "org/apache/karaf/services/org.apache.karaf.services.eventadmin/",
            "org/bouncycastle/bcprov-jdk18on/",
            "net/java/dev/jna/",
            "org/zeromq/",
            "eu/neilalexander/",
            "com/h2database/",
            "com/fasterxml/");

    /** Bundles of ours that no measurement here needs. This program contains the API's packages itself. */
    private static final List<String> UNWANTED = Stream.of(
                    "api-spi/",
                    "api-app/",
                    "bitcoin-signer/",
                    "bitcoinj/",
                    "bundle-guard/",
                    "chat/",
                    "console-",
                    "foreign-bundles/",
                    "hardening/",
                    "doctor/",
                    "metrics/",
                    "logs/",
                    "mvn-local/",
                    "network-urls/",
                    "panic/",
                    "secrets-",
                    "shell/",
                    "store-postgresql/",
                    "transport-bitcoinj/",
                    "transport-embedded/",
                    "web-")
            .map(OURS::concat)
            .toList();

    /** Packages that the bundles share with this program, besides those of the API. */
    private static final Map<String, String> SHARED =
            Map.of("org.osgi.service.cm", "1.6.1", "org.osgi.service.metatype", "1.4.1", "org.slf4j", "1.7.36");

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Felix felix;
    private final BundleContext context;

    private Framework(Felix felix) {
        this.felix = felix;
        this.context = felix.getBundleContext();
    }

    /**
     * Starts the bundles.
     *
     * @param distribution unpacked
     * @param home a directory for all files that they write
     */
    static Framework start(Path distribution, Path home) {
        Path repository = distribution.resolve("system");
        String shared = Stream.concat(
                        SHARED.entrySet().stream().map(each -> each.getKey() + ";version=" + each.getValue()),
                        API.stream().map(bundle -> exportsOf(jar(repository, bundle))))
                .collect(Collectors.joining(","));
        Felix felix = new Felix(Map.of(
                Constants.FRAMEWORK_STORAGE,
                home.resolve("cache").toString(),
                Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                shared,
                "partyline.home",
                home.toString()));
        try {
            felix.start();
            Framework framework = new Framework(felix);
            framework.install(repository);
            framework.configure(distribution.resolve("etc"), "org.partyline.network");
            return framework;
        } catch (BundleException e) {
            throw new IllegalStateException("the bundles do not start", e);
        }
    }

    private void install(Path repository) throws BundleException {
        List<Bundle> bundles = new ArrayList<>();
        for (Path file : jars(repository)) {
            String path = repository.relativize(file).toString();
            boolean ours = path.startsWith(OURS) && UNWANTED.stream().noneMatch(path::startsWith);
            if (ours || WANTED.stream().anyMatch(path::startsWith)) {
                bundles.add(context.installBundle(file.toUri().toString()));
            }
        }
        for (Bundle bundle : bundles) {
            bundle.start();
        }
    }

    private static List<Path> jars(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(each -> each.toString().endsWith(".jar")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path jar(Path repository, String bundle) {
        return jars(repository.resolve(bundle)).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no " + bundle + " in " + repository));
    }

    /** Returns a bundle's exports according to its manifest, without the packages that each of them uses. */
    private static String exportsOf(Path bundle) {
        try (JarFile jar = new JarFile(bundle.toFile())) {
            String exports = jar.getManifest().getMainAttributes().getValue(Constants.EXPORT_PACKAGE);
            return exports.replaceAll(";uses:=\"[^\"]*\"", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a configuration from the distribution's settings. */
    private void configure(Path settings, String pid) {
        Properties values = new Properties();
        try (BufferedReader file = Files.newBufferedReader(settings.resolve(pid + ".cfg"))) {
            values.load(file);
            Hashtable<String, Object> properties = new Hashtable<>();
            values.stringPropertyNames().forEach(key -> properties.put(key, values.getProperty(key)));
            service(ConfigurationAdmin.class).getConfiguration(pid, "?").update(properties);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Creates a configuration of a factory. */
    void configure(String factory, Map<String, Object> values) {
        try {
            service(ConfigurationAdmin.class)
                    .createFactoryConfiguration(factory, "?")
                    .update(new Hashtable<>(values));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a service once it is available. */
    <T> T service(Class<T> type) {
        Poll.until("there is a " + type.getName(), LIMIT, () -> context.getServiceReference(type) != null);
        ServiceReference<T> reference = context.getServiceReference(type);
        return context.getService(reference);
    }

    /** Returns all present services of a type. */
    <T> List<T> services(Class<T> type) {
        try {
            return context.getServiceReferences(type, null).stream()
                    .map(context::getService)
                    .toList();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("there is no filter to be wrong", e);
        }
    }

    @Override
    public void close() {
        try {
            felix.stop();
            felix.waitForStop(LIMIT.toMillis());
        } catch (BundleException e) {
            throw new IllegalStateException("the bundles do not stop", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

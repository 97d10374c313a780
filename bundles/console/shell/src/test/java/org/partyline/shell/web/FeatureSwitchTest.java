package org.partyline.shell.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.karaf.features.Feature;
import org.apache.karaf.features.FeaturesService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

class FeatureSwitchTest {
    @TempDir
    Path home;

    private final List<String> started = new ArrayList<>();

    /** Returns an implementation that returns these values, by method name. */
    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object answer = answers.get(method.getName());
                    if (answer instanceof Runnable action) {
                        action.run();
                        return null;
                    }
                    return answer;
                }));
    }

    private Bundle bundle(String name, int state) {
        return answering(Bundle.class, Map.of("getSymbolicName", name, "getState", state, "start", (Runnable)
                () -> started.add(name)));
    }

    @Test
    void aBundleThatAnInstallationLeftWhichWasCutOffIsStarted() throws Exception {
        Bundle[] bundles = {
            bundle("org.partyline.web-server", Bundle.ACTIVE),
            bundle("org.partyline.web-api", Bundle.RESOLVED),
            bundle("org.partyline.metrics", Bundle.RESOLVED)
        };
        BundleContext context =
                answering(BundleContext.class, Map.of("getProperty", home.toString(), "getBundles", bundles));
        Feature feature = answering(Feature.class, Map.of("getName", "partyline-web", "getVersion", "0.1.0"));
        FeaturesService features =
                answering(FeaturesService.class, Map.of("getFeature", feature, "isInstalled", false));

        FeatureSwitch web = new FeatureSwitch(context, features);
        web.start();
        web.close();

        assertEquals(List.of("org.partyline.web-api"), started);
        assertTrue(Files.exists(home.resolve("web.started")));
    }
}

package org.partyline.settings.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeProvider;
import org.osgi.service.metatype.ObjectClassDefinition;
import org.partyline.api.config.Setting;
import org.partyline.api.transport.NodeSettingsCheck;
import org.partyline.settings.EngineSettings;

class MetatypeViewTest {
    private static final ObjectClassDefinition ENGINE =
            new MetatypeView(new EngineSettings()).getObjectClassDefinition("org.partyline.engine", null);

    private static AttributeDefinition attribute(String key) {
        return List.of(ENGINE.getAttributeDefinitions(ObjectClassDefinition.ALL)).stream()
                .filter(each -> each.getID().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aSettingHasItsNameDefaultRangeAndUnit() {
        assertEquals("org.partyline.engine", ENGINE.getID());
        assertEquals("org.partyline.engine", ENGINE.getName());
        assertEquals("fee-target", attribute("fee-target").getName());
        assertFalse(attribute("allow-strangers").getDescription().contains("Unit"), "it has none");
        assertEquals("Messages, suites and fees.", ENGINE.getDescription());
        AttributeDefinition target = attribute("fee-target");
        assertEquals(AttributeDefinition.INTEGER, target.getType());
        assertArrayEquals(new String[] {"6"}, target.getDefaultValue());
        assertEquals(
                "Confirmation target of the node's fee estimate. Range: 1 to 1008. Unit: blocks.",
                target.getDescription());
        assertEquals(AttributeDefinition.BOOLEAN, attribute("allow-strangers").getType());
        assertEquals(0, ENGINE.getAttributeDefinitions(ObjectClassDefinition.REQUIRED).length);
    }

    @Test
    void eachNameAndLanguageHasTheSameDescription() {
        MetatypeView view = new MetatypeView(new EngineSettings());
        assertSame(view, view.getObjectClassDefinition("org.partyline.engine", "de"));
    }

    @Test
    void aChoiceHasItsWordsWithTheirLabels() {
        assertArrayEquals(
                new String[] {"off", "cover", "pay"}, attribute("receipts").getOptionValues());
        assertArrayEquals(
                new String[] {"never", "in place of decoys", "at once, in paid packets"},
                attribute("receipts").getOptionLabels());
    }

    /** Metatype allows neither a value outside the options nor a number that is a word. */
    @Test
    void aNumberThatMayBeAWordIsTextWithoutOptions() {
        assertEquals(AttributeDefinition.STRING, attribute("rate-per-minute").getType());
        assertNull(attribute("rate-per-minute").getOptionValues());
    }

    @Test
    void aValueIsCheckedByTheDeclaration() {
        assertEquals("", attribute("fee-target").validate("12"));
        assertEquals(
                "fee-target = '1009': it must be 1 to 1008",
                attribute("fee-target").validate("1009"));
        assertEquals("", attribute("rate-per-minute").validate("auto"));
    }

    private static <T> T proxy(Class<T> type, Function<Object[], Object> call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> call.apply(arguments);
                }));
    }

    @Test
    void aDeclarationIsDescribedAsLongAsItIsThere() {
        List<Object> described = new ArrayList<>();
        MetatypeDescriptions descriptions = new MetatypeDescriptions(proxy(BundleContext.class, arguments -> {
            Object properties = arguments[2];
            described.add(properties);
            assertEquals(MetaTypeProvider.class, arguments[0]);
            return proxy(ServiceRegistration.class, none -> described.remove(properties));
        }));
        EngineSettings engine = new EngineSettings();
        descriptions.addDeclaration(engine);
        NodeSettingsCheck node = new NodeSettingsCheck() {
            @Override
            public String type() {
                return "rpc";
            }

            @Override
            public String title() {
                return "A node.";
            }

            @Override
            public List<Setting<?>> settings() {
                return List.of();
            }
        };
        descriptions.addNodeDeclaration(node);
        assertEquals(
                List.of(
                        Map.of("metatype.pid", "org.partyline.engine"),
                        Map.of("metatype.factory.pid", "org.partyline.transport.rpc")),
                described);
        descriptions.removeDeclaration(engine);
        descriptions.removeDeclaration(engine);
        assertEquals(1, described.size());
        descriptions.removeNodeDeclaration(node);
        assertEquals(List.of(), described);
    }
}

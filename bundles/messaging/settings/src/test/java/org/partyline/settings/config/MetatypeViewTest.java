package org.partyline.settings.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.ObjectClassDefinition;
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
    void aChoiceHasItsWordsWithTheirLabels() {
        assertArrayEquals(
                new String[] {"off", "cover", "pay"}, attribute("receipts").getOptionValues());
        assertArrayEquals(
                new String[] {"never", "in place of decoys", "at once, in paid packets"},
                attribute("receipts").getOptionLabels());
    }

    /** Metatype allows a value that is none of the options as little as a number that is a word. */
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
}

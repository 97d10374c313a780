package org.partyline.settings.config;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeProvider;
import org.osgi.service.metatype.ObjectClassDefinition;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/** Converts a declaration of settings to Metatype's form. */
record MetatypeView(SettingsDeclaration declaration) implements MetaTypeProvider, ObjectClassDefinition {
    @Override
    public ObjectClassDefinition getObjectClassDefinition(String id, String locale) {
        return this;
    }

    @Override
    public String @Nullable [] getLocales() {
        return null;
    }

    @Override
    public String getName() {
        return declaration.pid();
    }

    @Override
    public String getID() {
        return declaration.pid();
    }

    @Override
    public String getDescription() {
        return declaration.title();
    }

    /** {@inheritDoc} Each setting has a default, so none is required. */
    @Override
    public AttributeDefinition[] getAttributeDefinitions(int filter) {
        return filter == REQUIRED
                ? new AttributeDefinition[0]
                : declaration.settings().stream().map(Attribute::new).toArray(AttributeDefinition[]::new);
    }

    @Override
    public @Nullable InputStream getIcon(int size) {
        return null;
    }

    private record Attribute(Setting<?> setting) implements AttributeDefinition {
        @Override
        public String getName() {
            return setting.key();
        }

        @Override
        public String getID() {
            return setting.key();
        }

        @Override
        public String getDescription() {
            String unit = setting.unit().equals("none") ? "" : " Unit: " + setting.unit() + ".";
            return setting.what() + " Range: " + setting.range() + "." + unit;
        }

        @Override
        public int getCardinality() {
            return 0;
        }

        /** {@inheritDoc} A number that may also be a word is text. */
        @Override
        public int getType() {
            return switch (setting.type()) {
                case STRING -> STRING;
                case INTEGER -> setting.choices().isEmpty() ? INTEGER : STRING;
                case BOOLEAN -> BOOLEAN;
                case PASSWORD -> PASSWORD;
            };
        }

        /**
         * {@inheritDoc} Metatype allows options only for a pure choice: a setting that also accepts other values has
         * none.
         */
        @Override
        public String @Nullable [] getOptionValues() {
            return setting.isChoice() ? setting.choices().keySet().toArray(String[]::new) : null;
        }

        @Override
        public String @Nullable [] getOptionLabels() {
            return setting.isChoice() ? setting.choices().values().toArray(String[]::new) : null;
        }

        @Override
        public String validate(String value) {
            try {
                setting.check(value);
                return "";
            } catch (IllegalArgumentException e) {
                return e.getMessage();
            }
        }

        @Override
        public String[] getDefaultValue() {
            return new String[] {setting.standard()};
        }
    }
}

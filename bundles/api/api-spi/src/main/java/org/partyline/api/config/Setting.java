package org.partyline.api.config;

import aQute.bnd.annotation.xml.XMLAttribute;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What Metatype has no place for, of a setting that has an {@code AttributeDefinition}. bnd writes it into the bundle's
 * Metatype document, under {@value #NAMESPACE}.
 *
 * <p>A number and a duration have {@code min} and {@code max} there, a word of several has options. Both together: the
 * options, or a value in between.
 */
@XMLAttribute(namespace = Setting.NAMESPACE, prefix = "setting", embedIn = "*")
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface Setting {
    /** Of the attributes in the document. */
    String NAMESPACE = "urn:partyline:setting:1";

    /** {@link #unit()} of a time: a number with s, m, h or d, some with ms. */
    String DURATION = "duration";

    /** {@link #unit()} of an amount. */
    String SATOSHI = "sat";

    /** What the value counts, such as {@value #DURATION}, {@value #SATOSHI}, bytes; none for words and switches. */
    String unit() default "none";

    /** What is allowed, in words, where neither min and max nor options say it. */
    String range() default "";

    /** When a change counts. */
    String effect() default "at once";

    /** The command that sets it because more than the value has to change; empty: {@code config} does. */
    String command() default "";
}

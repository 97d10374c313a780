/**
 * Keeps code from running that is not part of the distribution, unless the operator allows it.
 *
 * <p>It is a part of the framework, so that it is there before any bundle resolves: nothing here may use a class of another
 * bundle. What it knows it tells as a service of the JDK's types ({@link org.partyline.bundleguard.Report}); the bundle
 * {@code foreign-bundles} makes the service of the api of it.
 */
package org.partyline.bundleguard;

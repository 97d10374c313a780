/** Measures performance as ratios to named baselines, which are measured in the same run. */
package org.partyline.benchmarks;

"""The register of Chen, Shen and Zhang: every numbered statement, and what becomes of each.

Displays without a number are in it where they have a claim or a misprint, and are called after the number
that they follow.  That the published form of a misprint is false, and the corrected one true, is shown by its
claims, or else in ``tests/kinetics/boltzmann/test_misprints.py``.
"""

from __future__ import annotations

from wellposed.kinetics.statement import (
    claim,
    definition,
    follows,
    misprint,
    pending,
    unmeasurable,
    used,
)

_HOUSE = "wellposed.kinetics.boltzmann"
_TESTS = "tests/kinetics/boltzmann"

_RATE = "the exponential's rate is C, as in (3.19)"
_BEST_CONSTANT = "the best constant over pairs of functions; a pair can only contradict it"
_NEEDLES = "a sum over the pairs of one needle with all others, and the crossing in time resolved"

_INTRODUCTION = (
    used(
        "(1.1)",
        "∂_t f + v·∇f = Q(f,f)",
        f"`{_HOUSE}.evolution.run`: without space, and a rock in a box, among needles that do not collide",
    ),
    used("(1.2)", "Q⁺(f,g) = ∫f(v*)g(u*)B du dω", f"`{_HOUSE}.collision.operator`"),
    used("(1.3)", "Q⁻(f,g) = f∫g B du dω", f"`{_HOUSE}.collision.operator`"),
    used(
        "(1.4)",
        "B = |u−v|^γ b(cos θ), 0 ≤ b ≤ C|cos θ|",
        f"`{_HOUSE}.collision.tables`, with b = |cos θ| of integral one",
    ),
    used(
        "(1.5)",
        "f_λ = λ^(α+(d−1+γ)β) f(λ^(α−β)t, λ^α x, λ^β v) solves (1.1) as f does",
        f"`{_TESTS}/test_attenuation.py`, α = β, which takes needles to needles; "
        f"`{_TESTS}/test_evolution.py`, α ≠ β too, without space",
    ),
    claim(
        "(1.6)", "s = (d−2)/2, r = s+γ is critical", narrower="the moving rock, which is one pair of (2.1)"
    ),
    definition("(1.7)", "f̃ = F⁻¹f, from v to ξ"),
    follows("(1.8)", "i∂_t f̃ + ∇_ξ·∇_x f̃ = 0", "(1.1) without Q and (1.7): F⁻¹ turns v into −i∇_ξ"),
    follows(
        "(1.9)", "Strichartz: ‖e^(it∇_ξ·∇_x)f̃₀‖ in L^q L^p ≲ ‖f̃₀‖₂, 2/q + 2d/p = d", "(B.4) and Theorem B.1"
    ),
    definition(
        "(1.10)", "the norm of L_v^(2,r)H_x^s", f"as `{_HOUSE}.norms` computes it, on the whole space"
    ),
    definition("(1.11)", "the norm of X^(s,r,b), with the weight ⟨τ+η·v⟩^b"),
    definition("(1.12)", "its restriction to |t| ≤ T, an infimum over extensions"),
    definition(
        "Definition 1.1",
        "well-posed: a unique solution, f ≥ 0 if f₀ ≥ 0, and a uniformly continuous solution map",
        "the footnote that speaks of (c) means (b)",
    ),
    definition("(1.13)", "uniform continuity: a δ(ε) for all pairs of solutions"),
    claim(
        "Theorem 1.2",
        "well-posed for s > (d−1)/2, ill-posed for s₀ < (d−1)/2",
        "Theorem 1.2",
        "Theorem 1.2, r = s + γ",
        narrower="three routes to the boundary; above it one pair and one functional are bounded, which is "
        "no proof, and below it the correction f_c is left out",
    ),
    definition(
        "(1.14)", "B = (1_(|u−v|≤1)|u−v| + 1_(|u−v|≥1)|u−v|⁻¹) b", "kernel=mixed in `boltzmann.deflation`"
    ),
    claim(
        "Corollary 1.3",
        "for (1.14), ill-posed for s₀ < 1",
        narrower="the cost of deflation, without the correction f_c",
    ),
)

_WELL_POSEDNESS = (
    claim(
        "(2.1)",
        "‖Q^±(f,g)‖ in L²_t ≲ ‖f̃‖_X‖g̃‖_X",
        "(2.5)",
        narrower="Q⁻ on two pairs of free waves; Q⁺ on them is `boltzmann.bilinear`, term=gain, not judged",
    ),
    follows("(2.2)", "(1.1) for f̃", "(1.1) and (1.7)"),
    misprint(
        "(2.3)",
        "F⁻¹Q⁻(f,g) = c‖b‖₁∫f̃(ξ−η)g̃(η)|η|^(−d−γ)dη for −(d−1)/2 ≤ γ ≤ 0, c unimportant",
        "for γ < 0; ‖b‖₁f̃(ξ)g̃(0) at γ = 0",
        "c = 2^γ π^(−d/2)Γ((d+γ)/2)/Γ(−γ/2) vanishes at γ = 0, where the integral diverges: the proofs of "
        "(2.5) and (2.7) are for γ < 0",
    ),
    misprint(
        "(2.4)",
        "F⁻¹Q⁺(f,g) = c∫f̃(ξ⁺+η)g̃(ξ⁻−η)|η|^(−d−γ)b(ξ·ω/|ξ|)dηdω, ξ^± = (ξ±|ξ|ω)/2, with the b of (1.4)",
        "the b of the direction after the collision: b/(2|cos θ|) for d = 3, b for d = 2, at "
        "|cos θ| = sin(χ/2), cos χ = ξ·ω/|ξ|",
        "nothing changes in the proofs, as it is bounded too",
    ),
    claim("Lemma 2.1", "(2.5) for s > (d−1)/2", "(2.5)", narrower="two pairs, which can only contradict it"),
    claim(
        "(2.5)",
        "‖Q̃⁻(f̃,g̃)‖ in L_t^(2+) ≲ ‖f̃‖_X‖g̃‖_X",
        narrower="in L²_t, on two pairs of free waves; the best constant is a supremum over pairs",
    ),
    follows(
        "(2.6)",
        "‖Q̃⁻‖ ≲ ‖f̃‖·‖⟨∇_x⟩^s g̃|η|^(−d−γ)‖ in L_t^(2+)L_η¹L_x^(2d/(d−1)−)",
        "(A.1) and Sobolev's and Young's inequalities",
    ),
    pending(
        "Lemma 2.2",
        "(2.7) for 1/p + 1/q = 1/2",
        "the best constant of (2.7); the proofs of (2.13) cite it as Lemma 2.7",
    ),
    pending(
        "(2.7)",
        "‖Q̃⁺(f̃,g̃)‖₂ ≲ ‖f̃‖‖g̃‖ in L^(2pd/(2d−pγ)), L^(2qd/(2d−qγ))",
        "the best constant over pairs; the proof is for γ < 0 and p, q > 2d/(d+γ), as (A.3) excludes the "
        "ends",
    ),
    misprint(
        "(2.8)",
        "‖Q̃⁺(f̃,g̃)‖₂ ≲ ‖f̃‖₂‖g̃‖ in L^(d/(−γ)), as a case of (2.7)",
        "not at d = 2, γ = 0, and not by (2.7) for γ < 0",
        "there b = |cos θ|/4, g̃ = 1 make it Hardy's mean ∫₀^r f̃/r, which is unbounded; for γ < 0 the right "
        "side of (2.11) is infinite for every f̃ ≠ 0; the proof of (2.13) needs another argument here",
    ),
    pending(
        "(2.9)",
        "‖Q̃⁺(f̃,g̃)‖₂ ≲ ‖f̃‖‖g̃‖₂, f̃ in L^(d/(−γ))",
        "the best constant over pairs; as for (2.8), (2.11) is infinite for every g̃ ≠ 0",
    ),
    pending(
        "(2.10)",
        "‖∫f̃(ξ⁺)g̃(ξ⁻)b dω‖₂ ≲ ‖f̃‖_p‖g̃‖_q for 1/p + 1/q = 1/2",
        "the best constant, at most ∫b cos(χ/2)^(−d/p)sin(χ/2)^(−d/q)dσ between radial functions; infinite "
        "at d = 2, p = 2, see (2.8)",
    ),
    follows(
        "(2.11)",
        "the left side of (2.7) ≲ ‖|f̃|²⋆|η|^(−d−γ)‖^(1/2)‖|g̃|²⋆|η|^(−d−γ)‖^(1/2) ≲ its right side",
        "Cauchy and Schwarz, (2.10), and (A.3) for p, q > 2d/(d+γ)",
    ),
    misprint(
        "(2.12)",
        "φ_N(x) = χ(x/N) − χ(x/2N)",
        "χ(x/N) − χ(2x/N)",
        "as published the pieces add up to −1, and are beyond N where (2.18) has N/2",
    ),
    pending(
        "Lemma 2.3",
        "(2.13) for s > (d−1)/2",
        "a claim on `boltzmann.bilinear`, term=gain: two pairs, of which the moving rock for d = 2 only",
    ),
    pending(
        "(2.13)",
        "‖Q̃⁺(f̃,g̃)‖ in L²_t ≲ ‖f̃‖_X‖g̃‖_X",
        "the best constant by power iteration; its proof rests on (2.8) and (2.9)",
    ),
    follows("(2.14)", "∫Q̃⁺(f̃,g̃)h ≲ ‖f̃‖_X‖g̃‖_X‖h‖", "(2.13), of which it is the dual form"),
    follows(
        "(2.15)", "P_N(P_(N₁)f̃ P_(N₂)g̃) = 0 for N ≥ 10 max(N₁,N₂)", "(2.12) as corrected: 2N₁ + 2N₂ < N/2"
    ),
    follows("(2.16)", "P_M Q̃⁺(P_(M₁)f̃, P_(M₂)g̃) = 0 for M ≥ 10 max(M₁,M₂)", "(2.17) and (2.18): 2M/10 < M/4"),
    follows("(2.17)", "F P_M Q̃⁺(P_(M₁)f̃, P_(M₂)g̃) = φ_M Q⁺(φ_(M₁)f, φ_(M₂)g)", "(1.7) and (2.12)"),
    follows("(2.18)", "|u*| ≥ M/4 or |v*| ≥ M/4 if |v| ≥ M/2", "|v|² ≤ |u*|² + |v*|²; M/√8 does as well"),
    follows(
        "(2.19)",
        "I_A ≲ ‖f̃‖_X‖g̃‖_X‖h‖",
        "(2.8), (2.25) and Bernstein's inequality; sums over N₂, M₂ take s > (d−1)/2, the others s+γ > 0",
    ),
    pending(
        "Lemma 2.4", "(2.21) to (2.25) for 1/2 < b < 1", "the best constant of (2.23), as the others follow"
    ),
    definition("(2.20)", "U(t) = e^(it∇_x·∇_ξ), D(F) = ∫₀^t U(t−τ)F(τ)dτ"),
    follows(
        "(2.21)", "‖f̃‖ in C_t H_x^s H_ξ^r ≲ ‖f̃‖_X", "the Fourier integral over τ: ∫⟨τ⟩^(−2b)dτ is finite"
    ),
    misprint(
        "(2.22)",
        "‖θ(t)S(t)f̃₀‖_X ≲ ‖f̃₀‖",
        "U(t) of (2.20) for S(t)",
        "it is an equality, with ‖θ‖ in H^b for constant: so `boltzmann.bilinear` takes norms of data",
    ),
    pending(
        "(2.23)",
        "‖θ(t)D(F)‖_X ≲ ‖F‖ in X^(s,r,b−1)",
        "a norm between spaces of functions of t alone, as η, v are parameters",
    ),
    follows(
        "(2.24)",
        "‖f̃‖ in X^(s,r,b−1) ≲ ‖f̃‖ in L_t^p H_x^s H_ξ^r, b ≤ 3/2 − 1/p",
        "Sobolev's inequality in time, 1/p − 1/2 ≤ 1 − b",
    ),
    follows(
        "(2.25)", "‖f̃‖ in L_t^q L^p ≲ ‖f̃‖ in X^(0,0,b)", "(B.5), as a superposition of free waves over τ"
    ),
    follows(
        "(2.26)",
        "‖θ_T Q̃(f̃,g̃)‖ in X^(s,s+γ,b−1) ≲ T^(1−b)‖f̃‖_X‖g̃‖_X",
        "(2.24) with p = 2/(3−2b), Hölder's inequality in time, (2.5) and (2.13)",
    ),
    misprint(
        "after (2.26)",
        "‖Φ(f̃)−Φ(g̃)‖_X ≤ CT^(b−1)(‖f̃‖_X+‖g̃‖_X)‖f̃−g̃‖_X",
        "T^(1−b)",
        "with T^(b−1), short times would not make Φ a contraction; T ∼ ⟨R⟩^(1/(b−1)) below is right",
    ),
)

_DEFLATION = (
    claim("(3.1)", "‖f_a(0)‖ ≪ 1, ‖f_a(T*)‖ ≳ 1", "(3.26)", "(3.27)"),
    definition("(3.2)", "f_ex = f_a + f_c solves (1.1)"),
    definition(
        "(3.3)", "the equation of f_c, and F_err", "pieces of F_err are those of `boltzmann.error_terms`"
    ),
    claim("(3.4)", "‖∫e^(−(t−t₀)v·∇)F_err dt₀‖_Z ≪ 1", "(3.47)", narrower="as (3.47), which is more"),
    follows("(3.5)", "‖f_c‖_Z ≪ 1 for T* ≤ t ≤ 0", "(3.103), which is more"),
    used(
        "(3.6)",
        "f_b = M^((d−1)/2−s)N₂^(−d−γ)Σ_j K_j(x−vt)I_j(v), J ∼ (MN₂)^(d−1)",
        f"`{_HOUSE}.construction.needles`",
    ),
    follows("(3.7)", "∂_t f_b + v·∇f_b = 0", "(3.6), which depends on x − vt"),
    used("(3.8)", "∂_t f_r = −Q⁻(f_r,f_b)", f"`{_HOUSE}.evolution.rock_in_box`, as a part of (1.1)"),
    used(
        "(3.9)", "f_r = M^(d/2−s)N₁^(d/2)e^(−β)χ(Mx)χ(N₁v)", f"`{_HOUSE}.construction.rock`, with β at v = 0"
    ),
    definition("(3.10)", "N₁ ≥ N₂¹⁰ ≥ M¹⁰⁰", "the path N₂ = M¹⁰, N₁ = M¹⁰⁰ in `boltzmann.approximation`"),
    definition("(3.11)", "s = s₀ + ln ln ln M/ln M, so that M^(s−s₀) = ln ln M"),
    definition(
        "(3.12)",
        "T* = −M^(s−(d−1)/2)ln ln ln M",
        "no time before 0 up to M = 15, and ln ln ln M < 1 up to 3.8·10⁶",
    ),
    claim(
        "Lemma 3.1",
        "(3.13) for t ≤ 0",
        "(3.13)",
        narrower="needles are disjoint in velocity, which is not asked for",
    ),
    claim(
        "(3.13)",
        "‖f_b‖ ≲ M^(s₀−s)N₂^(max{s₀,−γ}−(d−1)/2) ≤ 1/ln ln M",
        narrower="for needles that are disjoint in velocity: J at most (2π/5)MN₂ in the plane, 0.58(MN₂)² in "
        "space",
    ),
    follows("(3.14)", "f_b once more", "(3.6)"),
    claim("Lemma 3.2", "(3.15) and (3.16) for −1/4 ≤ t ≤ 0", "(3.15)", "(3.16)"),
    claim("(3.15)", "|∇^k β| ≲ |t|M^(k+(d−1)/2−s), k ≤ 2", narrower="over |x| ≤ 2/M, at v = 0"),
    claim(
        "(3.16)",
        "|β| ≳ |t|M^((d−1)/2−s) for |x| ≤ 1/M",
        narrower="at v = 0; the published proof has |x| ≤ 1/(10M)",
    ),
    follows(
        "(3.17)",
        "f_b is between sums over needles at rest in x, ten times smaller and ten times larger",
        "the supports of K_j and I_j: within |t| ≤ 1/4 a needle moves by 1/2M across and 0.3N₂ along itself",
    ),
    claim(
        "(3.18)",
        "∫f_b|u−v|^γ du ∼ M^((1−d)/2−s)N₂^(1−d)Σ_j χ(M|P_j^⊥x|)χ(P_j x/N₂)",
        narrower="at x = 0; elsewhere ∼ takes the scaled cut-offs of (3.17), as the needles' ends move",
    ),
    claim("Lemma 3.3", "(3.19) to (3.22)", "(3.19)", "(3.20)", "(3.21)", "(3.22)"),
    misprint(
        "(3.19)",
        "‖f_r(t)‖ ≲ M^(s₀−s)e^a⟨a⟩, a = |t|M^((d−1)/2−s)",
        "e^(Ca), C = |β(t,0,0)|/a",
        "C is 0.54 to 1.17 for the numbers of needles tried, and C > 1 violates it; beside e^(Ca) there are "
        "powers of ln a at most, and not ⟨a⟩",
        "(3.19)",
    ),
    misprint(
        "(3.20)",
        "‖f_r(t)‖ ≳ M^(s₀−s)e^a",
        "e^(Ca), as in (3.19)",
        "judged for as many needles as are disjoint, where C > 1; it fails for C < 1",
        "(3.20)",
    ),
    claim("(3.21)", "‖f_r(0)‖ ≲ 1/ln ln M"),
    claim("(3.22)", "‖f_r(T*)‖ ≳ 1", narrower="for as many needles as are disjoint; for C < 1 only at T*/C"),
    follows("(3.23)", "f_r once more, with β", "(3.9)"),
    claim("(3.24)", "‖∇f_r(t)‖ ≲ M^(1−s)e^a⟨a⟩", narrower=_RATE),
    misprint(
        "after (3.24)",
        "‖f_r‖ ≤ ‖f_r‖^(s₀)‖f_r‖^(1−s), in H^(s₀), H¹ and L²",
        "1 − s₀ for 1 − s",
        "exponents of an interpolation add up to one; (3.19) needs the corrected one",
        "after (3.24)",
    ),
    claim("Remark 3.4", "(3.20) for the kernel (3.25)", narrower="C > 1, as for (3.20)"),
    definition("(3.25)", "the kernel (1.14) once more"),
    claim("Proposition 3.5", "(3.26) and (3.27)", "(3.26)", "(3.27)"),
    claim("(3.26)", "‖f_a(0)‖ ≲ 1/ln ln M"),
    claim("(3.27)", "‖f_a(T*)‖ ≳ 1", narrower="for as many needles as are disjoint; for C < 1 only at T*/C"),
    follows("(3.28)", "‖f_a‖ ∼ ‖f_r‖ + ‖f_b‖", "disjoint supports in v, which make it a sum of squares"),
    follows("(3.29)", "the scaling of (1.1) once more", "(1.5)"),
    misprint(
        "(3.30)",
        "s₁ = d−1, r₁ = 1+γ is critical in L¹",
        "r₁ = γ−1",
        "by (3.29), d−1+γ − r − d = 0; N₂^(−2) of (3.32) comes from it",
        "(3.30)",
        "(3.30) corrected",
    ),
    claim("(3.31)", "‖⟨∇⟩^(s₀)f_(b,1)‖ ≲ M^(s₀−s) in L_v^(1,r₁)L_x¹", narrower="s₀ = 0"),
    claim(
        "(3.32)",
        "‖⟨∇⟩^(s₀)f_(r,1)‖ ≳ M^(s₀−s)exp[|t|N₂^(−2)M^(d−1−s)]",
        narrower="β₁ in the exponent alone, up to a constant; the norm of f_(r,1) is not measured",
    ),
    misprint(
        "after (3.32)",
        "there could be deflation in L¹ for s₀ < d−1",
        "with r₁ = γ−1 and the amplitude M^(d−1−s)N₂^(−d−γ)",
        "as published N₂^(−2) ≤ M^(−20) forbids it",
        "after (3.32)",
        "after (3.32), corrected",
    ),
    claim("section 3.1.1", "γ > 0: f_a deflates too", narrower="the cost of deflation, up to γ = 1"),
)

_Z_NORM = (
    follows("(3.33)", "‖Q^±(f₁,f₂)‖_Z ≲ ‖f₁‖_Z‖f₂‖_Z", "(3.100) and, as corrected, what is after it"),
    used("(3.34)", "the Z-norm, of six parts", f"`{_HOUSE}.norms.z_norm`"),
    claim("Lemma 3.6", "(3.35) for T* ≤ t ≤ 0", "(3.36)", "(3.37)", "(3.38)", "after (3.38)"),
    follows(
        "(3.35)",
        "‖f_b‖_Z ≲ M^((d−1)/2−s)",
        "(3.36) to (3.38) and after (3.38), the six parts",
        "(3.36)",
        "(3.37)",
        "(3.38)",
        "after (3.38)",
    ),
    claim(
        "(3.36)",
        "M^((d−3)/2)‖∇f_b‖₂ ≲ M^((d−1)/2−s)N₂^(max{s₀,−γ}−(d−1)/2)",
        narrower="with the weight ⟨v⟩^(r₀) of (3.34), which is left out in print",
    ),
    claim(
        "(3.37)",
        "M^((d−1)/2)‖f_b‖₂ ≲ M^((d−1)/2−s)N₂^(max{s₀,−γ}−(d−1)/2)",
        narrower="with the weight ⟨v⟩^(r₀) of (3.34), which is left out in print",
    ),
    claim("(3.38)", "N₂^γ‖f_b‖ ≲ M^((d−1)/2−s) in L_v¹L_x^∞"),
    claim("after (3.38)", "the same for the parts in L_v^(5/3)L_x^∞ and for gradients"),
    claim("Lemma 3.7", "(3.39) and (3.40)", "(3.39)", "(3.40)"),
    misprint(
        "(3.39)",
        "‖f_r(t)‖_Z ≲ M^((d−1)/2−s)e^a⟨a⟩",
        "e^(Ca), as in (3.19)",
        "violated where C > 1; its factors before the exponential hold, and parts with N₁ are far below them",
        "(3.39)",
    ),
    claim(
        "(3.40)",
        "‖f_r‖_Z ≲ M^((d−1)/2−s)(ln ln M)²",
        narrower="the exponent of ln ln M, which is C and has room up to 2",
    ),
    follows("(3.41)", "f_r once more", "(3.9)"),
    claim("before (3.42)", "N₂^γ‖f_r‖ in L_v¹L_x^∞, as (3.42)", narrower=_RATE),
    claim("(3.42)", "M^(−1)N₂^γ‖∇f_r‖ ≲ N₁^(−d/2)N₂^γ M^(d/2−s)e^a⟨a⟩ in L_v¹L_x^∞", narrower=_RATE),
    claim(
        "(3.43)", "N₂^(2d/5+γ)‖f_r‖ ≲ N₁^(−d/10)N₂^(2d/5+γ)M^(d/2−s)e^a⟨a⟩ in L_v^(5/3)L_x^∞", narrower=_RATE
    ),
    claim("(3.44)", "M^(−1)N₂^(2d/5+γ)‖∇f_r‖, as (3.43)", narrower=_RATE),
    claim("Proposition 3.8", "(3.45)", "(3.45)"),
    claim("(3.45)", "‖f_a‖_Z ≲ M^((d−1)/2−s)(ln ln M)²", narrower="the exponent of ln ln M, as in (3.40)"),
    follows("(3.46)", "the Z-norm at d = 3, γ = −1, r₀ = 0", "(3.34)"),
)

_ERROR_TERMS = (
    claim(
        "Proposition 3.9",
        "(3.47) for T* ≤ τ ≤ t ≤ 0",
        "(3.47)",
        narrower="six pieces of eight, from exponents that are taken to persist along (3.10)",
    ),
    claim(
        "(3.47)",
        "‖∫e^(−(t−t₀)v·∇)F_err dt₀‖_Z ≲ M^(−1)",
        narrower="d = 3, γ = −1, from −M^(s−1)/4 to 0, piece by piece; Q^±(f_b,f_b) takes a sum over pairs",
    ),
    claim("Lemma 3.10", "(3.48)", "(3.49)", "(3.51)", "(3.52)"),
    claim(
        "(3.48)",
        "‖∫e^(−(t−t₀)v·∇)(v·∇f_r)dt₀‖_Z ≲ M^(−1)",
        "(3.49)",
        "(3.51)",
        "(3.52)",
        narrower="its six parts are the piece v·∇f_r of (3.47) as well",
    ),
    claim("(3.49)", "‖∇(v·∇f_r)‖₂ ≲ N₁^(−1)M^(2−s)e^a⟨a⟩²", narrower="after the integral over t₀; " + _RATE),
    follows("(3.50)", "f_r at d = 3", "(3.9)"),
    claim(
        "(3.51)",
        "M^(−1)N₂^(−1)‖∇∫v·∇f_r dt₀‖ ≲ N₁^(−5/2)N₂^(−1)M^(3/2)(ln ln M)⁴ in L_v¹L_x^∞",
        narrower="without the powers of ln ln M",
    ),
    claim(
        "(3.52)",
        "M^(−1)N₂^(1/5)‖∇∫v·∇f_r dt₀‖ ≲ N₁^(−13/10)N₂^(1/5)M^(3/2)(ln ln M)⁴ in L_v^(5/3)L_x^∞",
        narrower="without the powers of ln ln M",
    ),
    follows("(3.53)", "‖f_b‖_Z ≲ M^(1−s)", "(3.35) at d = 3"),
    follows("(3.54)", "‖f_r‖_Z ≲ M^(1−s)(ln ln M)²", "(3.40) at d = 3"),
    follows(
        "(3.55)",
        "the product of (3.100) for f_r is ≲ N₁^(−1/2)M^(3/2−s)(ln ln M)²",
        "(3.43) and what is before (3.42), as −3/2·1/6 − 3/10·5/6 = −1/2",
    ),
    follows("(3.56)", "the same for ∇f_r/M", "(3.42) and (3.44), as (3.55)"),
    claim(
        "after (3.56)",
        "‖∫Q dt₀‖_Z ≲ N₁^(−1/2)M^(3/2−s)(ln ln M)⁵ for Q⁺(f_r,f_b), Q^±(f_b,f_r), Q^±(f_r,f_r)",
        narrower="the exponent in N₁; those of rock and needles are N₁^(−1) below it",
    ),
    pending("Lemma 3.11", "(3.57)", _NEEDLES),
    pending("(3.57)", "‖∫Q⁻(f_b,f_b)dt₀‖_Z ≲ M^(−1)", f"{_NEEDLES}; unresolved in (3.47)"),
    follows(
        "(3.58)", "M‖D⁻‖₂ ≲ |T*|M‖Q⁻(f_b,f_b)‖ in L_t^∞L²", "Minkowski's inequality, as transport keeps norms"
    ),
    follows("(3.59)", "f_b ≲ M^(1−s)N₂^(−2)Σ_j K̃_j I_j", "(3.17) at d = 3, γ = −1"),
    follows("(3.60)", "Q⁻(f_b,f_b) ≲ sums over near and over far pairs", "(3.59)"),
    follows(
        "(3.61)",
        "near pairs: ≲ M^(−1/3−2s)N₂^(−4/3) in L²",
        "(3.62) and (A.5) as corrected, d = 3, q = 2; not sharp, as sup_v∫I_k/|u−v|du is M^(−2)ln(MN₂)",
    ),
    follows("(3.62)", "‖ΣK̃_j I_j‖₂² ≲ M^(−2)N₂⁴", "disjoint supports in v, and J ∼ (MN₂)²"),
    misprint(
        "(3.63)",
        "|P_k^⊥(u−v)| ≳ M^(−1) if e_j, e_k are not neighbours",
        "nor e_j a neighbour of −e_k",
        "antipodal needles are parallel, with sin α = 0; they are 2N₂ apart in velocity, so (3.64) stands",
    ),
    follows(
        "(3.64)",
        "I_j∫I_k/|u−v|du ≲ I_j M^(−2)ln(MN₂)",
        "(3.63): it is 2M^(−2)ln(1+MN₂) at most, up to constants",
    ),
    follows(
        "(3.65)",
        "far pairs: ≲ M^(−2s)N₂^(−4)ln(MN₂)(N₂/(|x|+M^(−1)))²ΣK̃_j I_j",
        "(3.64) and (3.66), with its longer cut-off",
    ),
    misprint(
        "(3.66)",
        "Σ_k K̃_k(x) ≲ (N₂/(|x|+M^(−1)))²χ(x/N₂), from χ(P_k x/N₂)",
        "χ(x/20N₂), as K̃_k has χ(P_k x/10N₂)",
        "beyond |x| = 2N₂ the published right side is 0 and the left one is not; (3.68) holds for either",
    ),
    follows("(3.67)", "far pairs: ≲ M^(1/2−2s)N₂^(−1/2)ln(MN₂) in L²", "(3.65) and (3.68)"),
    follows(
        "(3.68)", "‖(N₂/(|x|+M^(−1)))²χ‖₂ ≲ M^(1/2)N₂²", "the scale 1/M of x, as ∫(1+|y|)^(−4)dy is finite"
    ),
    follows(
        "(3.69)",
        "N₂^(−1)‖D⁻‖ ≲ N₂^(−1)M^(1−2s)ln(MN₂) in L_v¹L_x^∞",
        "(3.61), (3.65) and the integral over t₀, ∫⟨τ⟩^(−2)dτ",
    ),
    follows(
        "(3.70)", "L_v^(5/3)L_x^∞ between L_v¹L_x^∞ and L_v²L_x^∞", "Hölder's inequality, 3/5 = 1/5 + 4/5·1/2"
    ),
    follows(
        "(3.71)",
        "N₂^(1/2)‖D⁻‖ ≲ M^(1−s)ln ln ln M in L_v²L_x^∞",
        "(A.4) with q = 5/3, (3.35), and (3.6) in L_v²L_x^∞",
    ),
    follows("(3.72)", "N₂^(1/5)‖D⁻‖ ≲ N₂^(−1/5)M^(1−6s/5)… in L_v^(5/3)L_x^∞", "(3.69) to (3.71)"),
    pending(
        "Lemma 3.12", "(3.73)", "homogenised needles by Carleman's representation, and near pairs exactly"
    ),
    pending("(3.73)", "‖∫Q⁺(f_b,f_b)dt₀‖_Z ≲ M^(−1)", "as Lemma 3.12; unresolved in (3.47)"),
    follows("(3.74)", "f_b ≲ M^(1−s)N₂^(−2)Σ_j K̃_j I_j", "(3.59)"),
    follows(
        "(3.75)",
        "M‖Q⁺(f_b,f_b)‖₂ ≲ N₂^(−1/6)M^(11/6−2s)",
        "(A.6) with p = 6/5, q = 3, r = 2, (3.66) and (3.68)",
    ),
    follows("(3.76)", "M‖D⁺‖₂ ≲ N₂^(−1/6)M^(5/6−s)ln ln ln M", "(3.75), times |T*|"),
    definition("(3.77)", "S_(jk), the Duhamel integral of one pair"),
    follows(
        "(3.78)",
        "‖D⁺‖ ≲ M^(2−2s)N₂^(−4)ΣΣ∫‖S_(jk)‖_∞/|u*−v*|du* dv* dω in L_v¹L_x^∞",
        "(3.77) and dv du = dv* du*; the factor |cos θ| of b is dropped",
    ),
    follows("(3.79)", "S_(jk) ≲ I_k(v*)I_j(u*)E_k", "(3.77), with v − v* = −P_ω(v*−u*)"),
    follows("(3.80)", "E_k ≤ |T*| ≤ 1", "χ ≤ 1"),
    follows("(3.81)", "∫χ(nt₀+m)dt₀ ≤ ∫χ/|n|", "χ radial and decreasing, as |nt₀+m| ≥ |n||t₀+c|"),
    follows("(3.82)", "E_k ≲ 1/(M sin φ_k |P_ω(v*−u*)|)", "(3.81)"),
    follows(
        "(3.83)",
        "|v*−u*|² ≳ N₂²(1−cos α) ≳ N₂² sin²α",
        "the law of cosines with a, b ≥ 0.8N₂, if e_j, e_k are not neighbours",
    ),
    follows("(3.84)", "|P_ω(v*−u*)| ≳ N₂ sin α cos θ", "(3.83)"),
    follows("(3.85)", "I_k I_j E_k ≲ I_k I_j/(MN₂ sin φ_k cos θ sin α)", "(3.82) and (3.84)"),
    misprint(
        "(3.86)",
        "∫‖E_k‖_∞dω ≲ (MN₂)^(−2) + ∫ outside of A",
        "(MN₂)^(−1)",
        "A has a band around the great circle across v*−u*, of area 4π/(MN₂); (3.89) has room for it",
    ),
    misprint(
        "(3.87)",
        "∫dω/(sin φ_k cos θ) ≲ ∫dω/sin²φ_k + ∫dω/cos²θ, each ≲ ln(MN₂) outside of A",
        "the last is 4πMN₂; with the factor |cos θ| of b, ∫dω/sin φ_k = 2π² at once",
        "cos θ vanishes on a circle and not at two points, so the symmetry appealed to is not there",
    ),
    misprint(
        "(3.88)",
        "∫E_k dω ≲ ln(MN₂)/(MN₂ sin α) outside of A, by (3.85)",
        "ln²(MN₂), reached by (3.85) if e_k is at right angles to v*−u*; none with the factor |cos θ| of b",
        "(3.92) does not change, as ln²(MN₂) stands there",
    ),
    follows(
        "(3.89)",
        "∫‖S_(jk)‖_∞dω ≲ I_k I_j ln(MN₂)/(MN₂ sin α)",
        "(3.82), (3.84) and (3.86) as corrected, if |cos θ| is kept in the integral, as (1.4) allows",
    ),
    follows("(3.90)", "‖D⁺‖, far pairs, by Σ ln(MN₂)/(MN₂ sin α)", "(3.78) and (3.89)"),
    follows("(3.91)", "∫∫I_k I_j/|u*−v*| ≲ M^(−4)N₂ ln(MN₂)", "(3.64)"),
    misprint(
        "(3.92)",
        "N₂^(−1)‖D⁺‖ ≲ N₂^(−1)M^(1−2s)ln²(MN₂), by Σ_(k≠j) 1/sin α ≲ (MN₂)⁴",
        "(1−cos α)^(1/2) of (3.83) for sin α",
        "the published sum is infinite if −e_j is among the e_k; the bound stands",
    ),
    follows(
        "(3.93)",
        "‖D⁺‖, near pairs, ≲ M^(2/3−2s)N₂^(−1/3) in L_v¹L_x^∞",
        "(A.2) with p = r = 6/5, for (MN₂)² pairs",
    ),
    follows("(3.94)", "N₂^(−1)‖D⁺‖ ≲ N₂^(−1)M^(1−2s)ln²(MN₂)", "(3.92) and (3.93)"),
    follows("(3.95)", "L_v^(5/3)L_x^∞ between L_v¹L_x^∞ and L_v²L_x^∞", "(3.70)"),
    follows(
        "(3.96)",
        "N₂^(1/2)‖D⁺‖ ≲ M^(1−s)ln ln ln M in L_v²L_x^∞",
        "(A.6) with p = 3/2, q = r = 2, and as (3.71)",
    ),
    follows("(3.97)", "N₂^(1/5)‖D⁺‖ ≲ N₂^(−1/5)M^(1−6s/5)… in L_v^(5/3)L_x^∞", "(3.94) to (3.96)"),
)

_CORRECTION = (
    definition("(3.98)", "the equation of f_c, with right side G", "(3.3) once more"),
    follows(
        "(3.99)",
        "‖f_c‖ ≲ M^(−1/2) in L_v^(2,r₀)H_x^(s₀)",
        "(3.103), interpolation between the L² parts and Young's inequality",
    ),
    follows("Lemma 3.13", "(3.33)", "(3.100) and, as corrected, what is after it"),
    follows(
        "(3.100)",
        "‖Q^±(f₁,f₂)‖_Z ≲ ‖f₁‖_Z(‖f₂‖^(1+5γ/2d)‖f₂‖^(−5γ/2d) + the same of ∇f₂/M)",
        "(A.4), (A.6) and (A.8) as corrected; for r₀ > 0 f₂ has the weight too: the gain is ≲ ‖f₁‖_Z‖f₂‖_Z",
    ),
    misprint(
        "after (3.100)",
        "‖f‖^(1+5γ/2d)‖f‖^(−5γ/2d) ≤ N₂^(−1)‖f‖ + N₂^(2d/5+γ)‖f‖ ≤ ‖f‖_Z",
        "N₂^γ for N₂^(−1)",
        "as published it is false for γ > −1, by N₂^((1+γ)(1+5γ/2d)); the same for ∇f",
    ),
    misprint(
        "(3.101)",
        "N₂^γ‖Q⁻(f₁,f₂)‖ ≲ N₂^γ‖f₁‖ sup_v∫f₂/|u−v|du in L_v¹L_x^∞",
        "|u−v|^γ for 1/|u−v|",
        "the exponents that follow are those of (A.4) for every γ, of which (A.5) is the case γ = −1",
    ),
    follows(
        "(3.102)", "N₂^γ‖Q⁺(f₁,f₂)‖ in L_v¹L_x^∞, as (3.101)", "(A.8) as corrected, by (A.4) for every γ"
    ),
    pending(
        "Proposition 3.14",
        "(3.103) for T* ≤ t ≤ 0",
        "f_c by its bootstrap, at parameters that can be reached; its published Duhamel formula has "
        "f_c(T_j+t) for f_c(t)",
    ),
    pending(
        "(3.103)",
        "‖f_c(t)‖_Z ≲ M^(−1/2)",
        "the bootstrap for f_c; to absorb f_c takes C(ln ln M)² ≤ (ln M)^(1/2)/2: ln M > 5·10⁴ at C = 1",
    ),
    pending(
        "Remark 3.15",
        "f_ex deflates",
        "f_c; `boltzmann.separation` has f_ex and g_ex without Q⁺(f_r,f_b), Q^±(f_b,f_r) and Q^±(f_b,f_b)",
    ),
    definition("(3.104)", "the kernel (1.14) once more"),
    follows("(3.105)", "the kernel (3.104) is at most b/|u−v|", "|u−v| ≤ 1/|u−v| for |u−v| ≤ 1"),
)

_APPENDICES = (
    definition(
        "Appendix A", "the inequalities at one time", "(A.4) is proved there, the others are quoted or follow"
    ),
    pending("Lemma A.1", "(A.1) for 1/r = 1/p_i + 1/q_i", _BEST_CONSTANT),
    pending("(A.1)", "‖⟨∇⟩^s(fg)‖ ≲ ‖⟨∇⟩^s f‖‖g‖ + ‖f‖‖⟨∇⟩^s g‖", _BEST_CONSTANT),
    pending("Lemma A.2", "(A.2) and (A.3) for p, q, r > 1", "the best constants, which are Lieb's for p = r"),
    pending(
        "(A.2)",
        "∫∫f(x)|x−y|^γ h(y) ≤ C‖f‖_p‖h‖_r, 1/p + 1/r = 2 + γ/d",
        "the best constant, which is Lieb's for p = r; no p, r are left at γ = 0",
    ),
    follows(
        "(A.3)",
        "‖f⋆|·|^γ‖_q ≤ C‖f‖_p, 1 + 1/q + γ/d = 1/p",
        "(A.2), of which it is the dual form; p > 1 is needed, see (2.8)",
    ),
    follows("Lemma A.3", "(A.4) and (A.5)", "Hölder's inequality, as (A.4)"),
    follows(
        "(A.4)",
        "∫|x|^γ|f| ≲ ‖f‖_p^κ‖f‖_q^(1−κ), κ = (1−1/q+γ/d)/(1/p−1/q)",
        "Hölder's inequality inside and outside of the best ball",
    ),
    misprint(
        "(A.5)",
        "‖∫f(y)/|x−y|dy‖_∞ ≲ ‖f‖₁^κ‖f‖_q^κ, κ = 1/(d(1−1/q))",
        "1 − κ in the first exponent",
        "by (A.4); (3.61) uses the corrected one; for any γ it is ‖f‖₁^(1+γκ)‖f‖_q^(−γκ)",
    ),
    pending("Lemma A.4", "(A.6) and (A.7) for 1/p + 1/q = 1 + γ/d + 1/r", _BEST_CONSTANT),
    pending("(A.6)", "‖Q⁺(f,g)‖_r ≤ C‖f‖_p‖g‖_q", _BEST_CONSTANT),
    follows(
        "(A.7)",
        "‖Q⁻(f,g)‖_r ≤ C‖f‖_p‖g‖_q, p > r",
        "(A.3) for g and Hölder's inequality; nothing is left at γ = 0",
    ),
    follows("Lemma A.5", "(A.8) and (A.9), γ = −1", "(A.5) as corrected and dv du = dv* du*"),
    misprint(
        "(A.8)",
        "‖Q⁺(f,g)‖₁ ≤ ‖f‖₁‖g‖₁^κ‖g‖_p^κ, κ = 1/(d(1−1/p))",
        "1 − κ in the first exponent of g, and ≲",
        "as (A.5); (3.102) has the corrected one for every γ",
    ),
    misprint(
        "(A.9)",
        "‖Q⁺(f,g)‖₁ ≤ ‖f‖₁^κ‖f‖_p^κ‖g‖₁",
        "1 − κ in the first exponent of f, and ≲",
        "as (A.8)",
    ),
    definition("Appendix B", "Strichartz's estimates", "(B.1) is quoted, (B.5) follows"),
    unmeasurable(
        "Theorem B.1",
        "(B.1) for operators with an energy and a dispersive estimate",
        "it is about every family of operators",
    ),
    unmeasurable(
        "(B.1)", "‖U(t)f‖ in L_t^q L_x^p ≲ ‖f‖₂", "it is about every family of operators, as Theorem B.1"
    ),
    definition("(B.2)", "sharp σ-admissible: 2/q + 2σ/p = σ, q ≥ 2, σ > 1"),
    follows("(B.3)", "i∂_t φ + ∇_ξ·∇_x φ = 0", "(1.8), of which it is the initial value problem"),
    follows(
        "(B.4)",
        "e^(it∇_ξ·∇_x) keeps L² and takes L¹ to L^∞ with |t|^(−d)",
        "its kernel, of modulus (2π|t|)^(−d)",
    ),
    follows("(B.5)", "the estimate (1.9)", "(B.4) and Theorem B.1 with σ = d"),
)

STATEMENTS = (
    *_INTRODUCTION,
    *_WELL_POSEDNESS,
    *_DEFLATION,
    *_Z_NORM,
    *_ERROR_TERMS,
    *_CORRECTION,
    *_APPENDICES,
)
"""Every numbered statement of the paper, in its order."""
